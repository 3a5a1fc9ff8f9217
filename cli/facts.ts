import type { Verb } from "./verb.ts";

/** The program of root, under the name it has on this machine: same arguments, same exit status. */
export const verb: Verb = {
  usage: "",
  options: {},
  async run({ positionals }) {
    process.argv.splice(2, process.argv.length, ...positionals);
    await import("#agent/facts/main.ts");
    return Number(process.exitCode ?? 0);
  },
};
