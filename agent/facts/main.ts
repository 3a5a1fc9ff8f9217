import { mkdir } from "node:fs/promises";
import { setPriority } from "node:os";
import { readModuleFile } from "#agent/facts/module-file.ts";
import { indexModules } from "#agent/facts/module-index.ts";
import { type FactsHost, observe } from "#agent/facts/observe.ts";
import { readOptions, USAGE } from "#agent/facts/options.ts";
import { mayWork } from "#agent/facts/quiet.ts";
import { pauseKept, type Verified, verify } from "#agent/facts/verify.ts";
import { messageOf } from "#agent/link/durable.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import type { StorePath } from "#core/closure/store-path.ts";

/**
 * fiducial-facts: the small program of root that asks Nix what the unprivileged agent may not or cannot (decisions.md "closure
 * facts"). It has no network, changes nothing outside its own two folders, and takes no orders but its command line.
 */
const EXIT = { ok: 0, problems: 1, usage: 2, failed: 3, busy: 75 } as const;
const LOWEST_PRIORITY = 19;
const PAUSE_MS = 10_000;

async function main(args: readonly string[]): Promise<number> {
  const read = readOptions(args);
  if (!read.ok) return say(process.stderr, `fiducial-facts: ${read.problem}\n\n${USAGE}`, EXIT.usage);
  const { options } = read;
  if (options.help) return say(process.stdout, USAGE, EXIT.ok);
  // What root writes here is for everybody to read; keys are none of it.
  process.umask(0o022);
  setPriority(LOWEST_PRIORITY);
  const system = linuxSystem(options.root);
  const host: FactsHost = { system, ...options, quiet: () => mayWork(system, options) };
  await mkdir(options.stateDir, { recursive: true, mode: 0o755 });
  await mkdir(options.runDir, { recursive: true, mode: 0o755 });
  return options.verb === "observe"
    ? runObserve(host, options.root)
    : runVerify(host, options.toplevel, options.wait);
}

async function runObserve(host: FactsHost, root: string): Promise<number> {
  const { facts, busy } = await observe(host);
  const modules = await indexModules(host, (path) => readModuleFile(root + path));
  for (const { toplevel, digest, pathCount } of facts.digests)
    process.stdout.write(`${digest} ${pathCount} ${toplevel}\n`);
  for (const { toplevel, reason } of facts.problems)
    process.stderr.write(`fiducial-facts: ${toplevel}: ${JSON.stringify(reason)}\n`);
  if (facts.nixProblem !== null)
    process.stderr.write(`fiducial-facts: Nix settings: ${JSON.stringify(facts.nixProblem)}\n`);
  for (const { path, problem } of modules.index.files)
    if (problem !== null) process.stderr.write(`fiducial-facts: ${path}: ${problem}\n`);
  if (busy !== null || modules.busy !== null) return EXIT.busy;
  return facts.problems.length === 0 && facts.nixProblem === null ? EXIT.ok : EXIT.problems;
}

async function runVerify(host: FactsHost, toplevel: StorePath | null, wait: boolean): Promise<number> {
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      pauseKept(host, "stopped").then(
        () => process.exit(EXIT.busy),
        (error: unknown) => process.exit(fail(error)),
      );
    });
  let result = await verify(host, toplevel);
  while (result.state === "paused" && wait) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    result = await verify(host, toplevel);
  }
  return report(result);
}

function report(result: Verified): number {
  switch (result.state) {
    case "finished":
      return say(
        process.stdout,
        `${result.badPaths} bad paths\n`,
        result.badPaths === 0 ? EXIT.ok : EXIT.problems,
      );
    case "paused":
      return say(process.stdout, `paused: ${result.why}\n`, EXIT.busy);
    case "refused":
      return say(process.stderr, `fiducial-facts: ${JSON.stringify(result.reason)}\n`, EXIT.failed);
  }
}

function say(stream: NodeJS.WritableStream, text: string, status: number): number {
  stream.write(text);
  return status;
}

function fail(error: unknown): number {
  return say(process.stderr, `fiducial-facts: ${messageOf(error)}\n`, EXIT.failed);
}

process.exitCode = await main(process.argv.slice(2)).catch(fail);
