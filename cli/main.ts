import { parseArgs } from "node:util";
import { messageOf } from "#agent/link/durable.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { BUILD, VERSION } from "#agent/version.ts";
import { EXIT, EXIT_OF } from "./exit.ts";
import type { Verb } from "./verb.ts";

/** The program `fiducial` on a scanner. Verbs are loaded when they are asked for: what is not loaded costs no memory. */
const VERBS: Readonly<Record<string, { does: string; load: () => Promise<{ verb: Verb }> }>> = {
  enroll: { does: "make this machine known to a server", load: () => import("./enroll.ts") },
  run: { does: "run the agent here, in the foreground", load: () => import("./run.ts") },
  status: { does: "who this machine is, and what its agent last heard", load: () => import("./status.ts") },
  check: { does: "check the safety socket, the facts or the connection", load: () => import("./check.ts") },
  report: {
    does: "look once and print what a report would say; sends nothing",
    load: () => import("./report.ts"),
  },
  facts: { does: "what root asks Nix (same as fiducial-facts)", load: () => import("./facts.ts") },
};

function usage(): string {
  const verbs = Object.entries(VERBS).map(([name, { does }]) => `  ${name.padEnd(8)} ${does}`);
  return `Usage: fiducial VERB [option...]

${verbs.join("\n")}

fiducial VERB --help explains one verb; fiducial --version names this build.

Exit status: 0 done; 1 done, and something is not as it should be; 2 wrong use or settings; 3 not enrolled;
4 server not reached; 5 refused; 6 state folder not usable; 7 an agent is already running.
`;
}

async function main(args: readonly string[]): Promise<number> {
  const [name = "", ...rest] = args;
  if (name === "" || name === "--help" || name === "-h" || name === "help")
    return say(usage(), name === "" ? EXIT.usage : EXIT.ok);
  if (name === "--version") return say(`fiducial ${VERSION} (${BUILD}), Node ${process.version}\n`, EXIT.ok);
  const entry = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (entry === undefined) return complain(`there is no verb "${name}"\n\n${usage()}`, EXIT.usage);
  const { verb } = await entry.load();
  // fiducial-facts parses its own line and has its own help.
  if (name === "facts") return verb.run({ values: {}, positionals: rest });
  const given = parse(verb, rest);
  if (typeof given === "string") return complain(`${given}\n\n${verb.usage}`, EXIT.usage);
  if (given.values.help === true) return say(verb.usage, EXIT.ok);
  return verb.run(given);
}

function parse(verb: Verb, args: string[]) {
  try {
    return parseArgs({ args, options: verb.options, allowPositionals: true, strict: true });
  } catch (error) {
    if (error instanceof TypeError) return error.message;
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

function failed(error: unknown): number {
  if (error instanceof LinkError) return complain(error.message, EXIT_OF[error.code]);
  return complain(error instanceof Error ? (error.stack ?? error.message) : messageOf(error), EXIT.problem);
}

process.exitCode = await main(process.argv.slice(2)).catch(failed);
