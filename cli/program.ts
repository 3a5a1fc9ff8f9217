import { parseArgs } from "node:util";
import { messageOf } from "#agent/link/durable.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { BUILD, VERSION } from "#agent/version.ts";
import { EXIT, EXIT_OF } from "./exit.ts";
import { systemTrouble } from "./system-trouble.ts";
import type { Verb } from "./verb.ts";

/** Verbs are loaded when they are asked for: what is not loaded costs no memory. */
export type Verbs = Readonly<
  Record<
    string,
    {
      does: string;
      load: () => Promise<{ verb: Verb }>;
      /** It parses its own line and has its own help. */
      ownLine?: true;
    }
  >
>;

/** One build of `fiducial`: which verbs it has, and what it says about those it has not. */
export type Program = {
  verbs: Verbs;
  /** What `--help` says; `verbs` is the list of them. */
  usage: (verbs: string) => string;
  /** Why a verb is not here although `fiducial` knows it; null: it knows no such verb. */
  elsewhere: (name: string) => string | null;
  /** Exit status of an error of this build; null: it is none of its own. */
  exitOf: (error: unknown) => number | null;
};

/** Answers the exit status; never throws. */
export async function runProgram(program: Program, args: readonly string[]): Promise<number> {
  return run(program, args).catch((error: unknown) => failed(program, error));
}

async function run(program: Program, args: readonly string[]): Promise<number> {
  const [name = "", ...rest] = args;
  const usage = program.usage(listed(program.verbs));
  if (name === "" || name === "--help" || name === "-h" || name === "help")
    return say(usage, name === "" ? EXIT.usage : EXIT.ok);
  if (name === "--version") return say(`fiducial ${VERSION} (${BUILD}), Node ${process.version}\n`, EXIT.ok);
  const entry = Object.hasOwn(program.verbs, name) ? program.verbs[name] : undefined;
  if (entry === undefined)
    return complain(program.elsewhere(name) ?? `there is no verb "${name}"\n\n${usage}`, EXIT.usage);
  const { verb } = await entry.load();
  if (entry.ownLine === true) return verb.run({ values: {}, positionals: rest, order: [] });
  const given = parseLine(verb, rest);
  if (typeof given === "string") return complain(`${given}\n\n${verb.usage}`, EXIT.usage);
  if (given.values.help === true) return say(verb.usage, EXIT.ok);
  return verb.run(given);
}

function listed(verbs: Verbs): string {
  return Object.entries(verbs)
    .map(([name, { does }]) => `  ${name.padEnd(8)} ${does}`)
    .join("\n");
}

/** What stands after the verb; a sentence where it is none of its options. */
export function parseLine(verb: Verb, args: string[]) {
  try {
    const { values, positionals, tokens } = parseArgs({
      args,
      options: verb.options,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
    const order = tokens.flatMap((one) =>
      one.kind === "option" && one.value !== undefined ? [{ name: one.name, value: one.value }] : [],
    );
    return { values, positionals, order };
  } catch (error) {
    // Only the first sentence: the second explains how to pass such an argument on.
    if (error instanceof TypeError) return `${error.message.split(". ")[0]}.`;
    throw error;
  }
}

function say(text: string, status: number): number {
  process.stdout.write(text);
  return status;
}

function complain(text: string, status: number): number {
  process.stderr.write(`fiducial: ${text}\n`);
  return status;
}

function failed(program: Program, error: unknown): number {
  const status = program.exitOf(error);
  if (status !== null) return complain(messageOf(error), status);
  if (error instanceof LinkError) return complain(error.message, EXIT_OF[error.code]);
  const trouble = systemTrouble(error);
  if (trouble !== null) return complain(trouble, EXIT.state);
  return complain(error instanceof Error ? (error.stack ?? error.message) : messageOf(error), EXIT.problem);
}
