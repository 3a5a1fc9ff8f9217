// One step of a build: run only when its inputs changed, announced when it takes over a second, explained when it fails.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const STAMPS = join(ROOT, ".cache/build");
const LAST_LINES = 30;

/** A step failed for a reason that one sentence tells; the command's own output goes with it. */
export class StepError extends Error {
  /** @override */
  name = "StepError";
}

/**
 * @typedef {object} Step
 * @property {string} name file-name safe; the inputs' digest is kept under it
 * @property {string} doing shown while it runs: "Building the pages"
 * @property {readonly string[]} inputs files and folders below the project whose content decides whether to run
 * @property {readonly string[]} outputs files that must exist for it to be left out
 * @property {() => Promise<void>} run
 */

/**
 * @param {Step} step
 * @returns {Promise<boolean>} whether it had to run
 */
export async function runIfStale({ name, doing, inputs, outputs, run }) {
  const stamp = join(STAMPS, name);
  const digest = digestOf(inputs);
  const fresh = existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
  if (fresh && outputs.every((file) => existsSync(join(ROOT, file)))) return false;
  await announced(doing, run);
  for (const file of outputs) {
    if (!existsSync(join(ROOT, file))) throw new StepError(`${doing} ended without ${file}.`);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
  return true;
}

/**
 * One line for a step that takes over a second: what when the second is over, how long at its end.
 * @template T
 * @param {string} doing
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function announced(doing, work) {
  const started = performance.now();
  let shown = false;
  const timer = setTimeout(() => {
    shown = true;
    process.stdout.write(`${doing} … `);
  }, 1000);
  try {
    const result = await work();
    if (shown) process.stdout.write(`${Math.round((performance.now() - started) / 1000)} s\n`);
    return result;
  } catch (error) {
    if (shown) process.stdout.write("failed\n");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs a program without a shell and keeps its output for the case that it fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env] added to ours
 * @returns {Promise<void>}
 * @throws StepError with the last lines of its output
 */
export function run(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-64 * 1024);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (error) => reject(new StepError(`${program} cannot be run: ${error.message}.`)));
    child.once("close", (status, signal) => {
      if (status === 0) return resolve();
      const last = output.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
      reject(new StepError(`${last}\n\n${program} ${args.join(" ")} ended with ${signal ?? status}.`));
    });
  });
}

/** @param {readonly string[]} inputs */
function digestOf(inputs) {
  const hash = createHash("sha256").update(process.version);
  for (const input of inputs)
    for (const file of filesIn(input)) hash.update(file).update("\0").update(content(file));
  return hash.digest("hex");
}

/** @param {string} file */
function content(file) {
  const bytes = readFileSync(join(ROOT, file));
  return createHash("sha256").update(bytes).digest();
}

/**
 * Tests change nothing that is built.
 * @param {string} path
 * @returns {string[]} in a fixed order
 */
function filesIn(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    .sort();
}
