import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Bench, Effort, Outcome } from "#tests/bench/bench.ts";
import { BENCHES } from "#tests/bench/benches.ts";
import { busyWithOthers, commitMeasured, describeMachine } from "#tests/bench/machine.ts";
import { PAGE, performancePage, terminalTable } from "#tests/bench/page.ts";
import { keepResult, keptResults, type Result } from "#tests/bench/results.ts";

/** `npm run bench`: see `usage()`. Started by scripts/bench.mjs, which bundles it. */
type Options = { names: readonly string[]; effort: Effort; write: boolean };

function usage(): string {
  const lines = BENCHES.map(
    ({ name, about, onlyLong }) =>
      `  ${name.padEnd(15)} ${about}${onlyLong === true ? " (only when named, or with --long)" : ""}`,
  );
  return `npm run bench [-- --only NAME[,NAME…]] [--short | --long] [--write]

${lines.join("\n")}

  --only   these and no others
  --short  fewer repetitions: to see that it runs, not to publish
  --long   more repetitions, and what takes ten minutes
  --write  write what was measured at this commit into ${PAGE}; without it the page is left alone
`;
}

function readOptions(args: string[]): Options | string {
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args,
    options: { only: { type: "string", multiple: true }, short: flag, long: flag, write: flag, help: flag },
  });
  if (values.help === true) return usage();
  const named = (values.only ?? []).flatMap((one) => one.split(","));
  const unknown = named.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) return `No bench is called ${unknown.join(", ")}.\n\n${usage()}`;
  if (values.short === true && (values.long === true || values.write === true))
    return `A short run is not for the page, and not long.\n\n${usage()}`;
  const effort = values.short === true ? "short" : values.long === true ? "long" : "usual";
  const usual = BENCHES.filter(({ onlyLong }) => effort === "long" || onlyLong !== true);
  return {
    names: named.length > 0 ? named : usual.map(({ name }) => name),
    effort,
    write: values.write === true,
  };
}

async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === "string") {
    process.stdout.write(options);
    return args.includes("--help") ? 0 : 2;
  }
  // Once, at the start: what is committed meanwhile is not what runs.
  const commit = commitMeasured();
  const results: Result[] = [];
  for (const bench of BENCHES.filter(({ name }) => options.names.includes(name))) {
    const result = await runOne(bench, options.effort, commit);
    keepResult(result);
    results.push(result);
  }
  process.stdout.write(`\n${terminalTable(results)}\n`);
  if (options.write) writePage(commit);
  return results.some(({ outcome }) => outcome.kind === "failed") ? 1 : 0;
}

async function runOne(bench: Bench, effort: Effort, commit: string): Promise<Result> {
  const busy = await busyWithOthers();
  const started = performance.now();
  process.stderr.write(`\n== ${bench.name}: ${bench.about}\n`);
  const outcome = await measured(bench, effort);
  const tookS = (performance.now() - started) / 1000;
  process.stderr.write(`== ${bench.name}: ${outcome.kind} in ${Math.round(tookS)} s\n`);
  return {
    bench: bench.name,
    about: bench.about,
    outcome,
    effort,
    at: new Date().toISOString(),
    tookS,
    commit,
    machine: describeMachine(),
    busy,
  };
}

type Undo = () => Promise<void> | void;
const open: Undo[] = [];

async function measured(bench: Bench, effort: Effort): Promise<Result["outcome"]> {
  const folder = mkdtempSync(join(tmpdir(), "fiducial-bench-"));
  open.push(() => rmSync(folder, { recursive: true, force: true }));
  const progress = (line: string) => process.stderr.write(`   ${line}\n`);
  try {
    const outcome: Outcome = await bench.run({ effort, progress, folder, atEnd: (undo) => open.push(undo) });
    return outcome;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
  } finally {
    await undoAll();
  }
}

/** Everything, last opened first, whatever fails on the way. */
async function undoAll(): Promise<void> {
  for (let undo = open.pop(); undo !== undefined; undo = open.pop()) {
    try {
      await undo();
    } catch (error) {
      process.stderr.write(`   could not clear away: ${String(error)}\n`);
    }
  }
}

function writePage(commit: string): void {
  const kept = keptResults().filter((one) => one.commit === commit && one.effort !== "short");
  writeFileSync(PAGE, performancePage(kept, BENCHES, existsSync(PAGE) ? readFileSync(PAGE, "utf8") : ""));
  process.stdout.write(`\nwrote ${PAGE}\n`);
}

let ending = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    // A terminal tells the whole group, and the script that started this tells it once more.
    if (ending) return;
    ending = true;
    void undoAll().finally(() => process.exit(130));
  });

process.exitCode = await main(process.argv.slice(2));
