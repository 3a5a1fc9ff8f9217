// `npm run faults`: the whole sweep (hours). `-- --short`: what `npm test` has time for. `-- --power-cuts`: the cuts and what belongs to them.
// `-- --side-by-side=6`: so many hosts at a time, each with a share of the cases; a failed share is told once all have ended.
// `-- --keep`: takes what dist/ has seen into tests/system/results, which is committed. `-- --table`: writes docs/fault-cells.md from that.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { ROOT } from "./step.mjs";

const LOGS = ["faults", "power-cuts", "double-faults", "held-faults", "fetch-faults", "nix-defaults"];
const RESULTS = join(ROOT, "tests/system/results");
/** Side by side first, then what a busy machine makes void or slow. */
const DEATHS = ["change", "change-faults"];
const CUTS = ["power-cuts", "double-faults", "held-faults", "fetch-faults", "nix-defaults", "safeguards"];
/** Those that take a share of their cases (`FIDUCIAL_FAULTS_PART`). */
const SHARED = ["change-faults", "power-cuts", "double-faults", "held-faults"];

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    "power-cuts": { type: "boolean", default: false },
    "side-by-side": { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
    table: { type: "boolean", default: false },
  },
});

if (values.keep) keep();
if (values.keep || values.table) await writeTable();
else
  process.exitCode =
    (await sweep(values["power-cuts"] ? [] : DEATHS, [])) || (await sweep(CUTS, ["--no-file-parallelism"]));

/**
 * @param {string[]} names
 * @param {string[]} more
 */
async function sweep(names, more) {
  const parts = Number(values["side-by-side"]);
  if (!Number.isInteger(parts) || parts < 1 || parts > 16) {
    console.error("--side-by-side wants a number from 1 to 16.");
    return 2;
  }
  if (parts === 1 || values.short) return names.length === 0 ? 0 : vitest(names, more);
  for (const name of names.filter((one) => SHARED.includes(one))) {
    const ends = await Promise.all(
      Array.from({ length: parts }, (_, at) => share(name, `${at + 1}/${parts}`)),
    );
    const failed = ends.find((status) => status !== 0);
    if (failed !== undefined) return failed;
  }
  const alone = names.filter((one) => !SHARED.includes(one));
  return alone.length === 0 ? 0 : vitest(alone, more);
}

/**
 * @param {string} name
 * @param {string} part
 */
async function share(name, part) {
  const args = ["run", "--project", "system", `tests/system/${name}.test.ts`];
  const env = { ...process.env, FIDUCIAL_FAULTS: "all", FIDUCIAL_FAULTS_PART: part };
  const [status] = await once(
    spawn("node_modules/.bin/vitest", args, { cwd: ROOT, stdio: "inherit", env }),
    "exit",
  );
  return status ?? 1;
}

/** Each line once; what was seen stays in dist/, so that a sweep goes on where it stopped. */
function keep() {
  mkdirSync(RESULTS, { recursive: true });
  for (const name of LOGS) {
    const seen = join(ROOT, "dist", `${name}.jsonl`);
    const kept = join(RESULTS, `${name}.jsonl`);
    if (!existsSync(seen)) continue;
    const have = new Set(existsSync(kept) ? readFileSync(kept, "utf8").split("\n") : []);
    const more = readFileSync(seen, "utf8")
      .split("\n")
      .filter((line) => line !== "" && !have.has(line));
    appendFileSync(kept, more.map((line) => `${line}\n`).join(""));
  }
}

async function writeTable() {
  // Two folders below the root, like tests/system: it finds the logs from where it lies.
  const outfile = join(ROOT, "tests/system/.fault-table.mjs");
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: ["tests/system/fault-cells-page.ts"],
      outfile,
      bundle: true,
      packages: "external",
      platform: "node",
      target: "node20.19",
      format: "esm",
      logLevel: "warning",
    });
    const { cellsPage } = await import(outfile);
    const page = join(ROOT, "docs/fault-cells.md");
    writeFileSync(page, cellsPage());
    console.log(page);
  } finally {
    rmSync(outfile, { force: true });
  }
}

/**
 * @param {string[]} names
 * @param {string[]} more
 */
function vitest(names, more) {
  const files = names.map((name) => `tests/system/${name}.test.ts`);
  const env = { ...process.env, ...(values.short ? {} : { FIDUCIAL_FAULTS: "all" }) };
  const args = ["run", "--project", "system", ...more, ...files];
  return spawnSync("node_modules/.bin/vitest", args, { cwd: ROOT, stdio: "inherit", env }).status ?? 1;
}
