// Brings node_modules to what package-lock.json says; needs nothing installed itself.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { announced, ROOT, run, StepError } from "./step.mjs";

/** @typedef {{ version?: string, link?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean }} Entry */

const OLDEST_NODE = [20, 19];

/** @throws StepError on a Node that the dependencies do not run on */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new StepError(
    `Fiducial needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.versions.node}.`,
  );
}

/** Installs when node_modules is missing, half made, or of another lock file. */
export async function ensureInstalled() {
  checkNode();
  if (isInstalled()) return;
  // --include=dev: the programs that build are development dependencies, also where NODE_ENV is production.
  await announced("Installing the packages", () =>
    run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"]),
  );
}

/** npm writes its own lock file into node_modules when it is done; one that was cut off has none. */
function isInstalled() {
  const installed = lockEntries("node_modules/.package-lock.json");
  const wanted = lockEntries("package-lock.json");
  if (installed === null || wanted === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || entry.link === true) return true;
    const there = installed[path];
    // Optional packages are those of other systems, too: absent is fine, another version is not.
    if (there === undefined) return entry.optional === true || entry.devOptional === true;
    return there.version === entry.version;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, Entry> | null}
 */
function lockEntries(file) {
  const path = join(ROOT, file);
  if (!existsSync(path)) return null;
  return JSON.parse(readFileSync(path, "utf8")).packages ?? null;
}
