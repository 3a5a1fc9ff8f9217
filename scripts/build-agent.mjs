import { execFileSync } from "node:child_process";
import { chmod, readFile, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Builds the programs of a scanner, one file each, with nothing beside them: `dist/agent/fiducial.mjs` (by hand), `fiducial-agent.mjs`
 * (the service), `fiducial-facts.mjs` (root, no network), `fiducial-fetch.mjs` (brings changes, and ends). Prints their sizes.
 *
 * A package that is not named here in a bundle fails the build: whatever is in there runs on a medical scanner.
 */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const PROGRAMS = {
  fiducial: "cli/main.ts",
  "fiducial-agent": "agent/main.ts",
  "fiducial-facts": "agent/facts/main.ts",
  "fiducial-fetch": "agent/fetch/main.ts",
  "fiducial-activate": "agent/activate/main.ts",
  "fiducial-page": "agent/page/main.ts",
};
const ALLOWED_PACKAGES = ["zod"];
/** What verifies signed metadata, and what that needs; only in programs that end, so that the resident one stays small. */
const TUF_PACKAGES = [
  "tuf-js",
  "@tufjs/models",
  "@tufjs/canonical-json",
  "minimatch",
  "brace-expansion",
  "balanced-match",
];
const VERIFYING_PROGRAMS = new Set(["fiducial-fetch", "fiducial-activate"]);

/** Packages that still speak CommonJS ask for Node's own modules by `require`. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/**
 * `faults`: a build that can be killed at every named point of a change (agent/change/faults.ts), for tests; never one that is shipped. A
 * text says where the file with the faults lies. `plugins`: of esbuild, for tests that take a safeguard away.
 *
 * @param {string} [outFolder]
 * @param {{ faults?: boolean | string, plugins?: import("esbuild").Plugin[] }} [options]
 * @returns {Promise<Record<string, number>>} bytes per program
 */
export async function buildAgent(
  outFolder = join(ROOT, "dist", "agent"),
  { faults = false, plugins = [] } = {},
) {
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  /** @type {Record<string, number>} */
  const sizes = {};
  for (const [name, entry] of Object.entries(PROGRAMS)) {
    const outfile = join(outFolder, `${name}.mjs`);
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "esm",
      minify: true,
      legalComments: "none",
      metafile: true,
      banner: { js: `#!/usr/bin/env node${VERIFYING_PROGRAMS.has(name) ? `\n${REQUIRE}` : ""}` },
      define: {
        FIDUCIAL_VERSION: JSON.stringify(version),
        FIDUCIAL_BUILD: JSON.stringify(buildName()),
        FIDUCIAL_FAULTS: JSON.stringify(faults),
      },
      plugins,
      logLevel: "warning",
    });
    refuseForeignPackages(name, metafile);
    await chmod(outfile, 0o755);
    sizes[name] = (await stat(outfile)).size;
  }
  return sizes;
}

/** Names the source that was built: the commit, or what a build outside git is told by its builder. */
export function buildName() {
  const told = process.env.FIDUCIAL_BUILD;
  if (told !== undefined && told !== "") return told;
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  } catch (error) {
    if (error instanceof Error) return "unnamed";
    throw error;
  }
}

/**
 * @param {string} name
 * @param {import("esbuild").Metafile} metafile
 */
function refuseForeignPackages(name, metafile) {
  const foreign = new Set();
  const allowed = new Set([...ALLOWED_PACKAGES, ...(VERIFYING_PROGRAMS.has(name) ? TUF_PACKAGES : [])]);
  for (const input of Object.keys(metafile.inputs)) {
    const [, found] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
    if (found !== undefined && !allowed.has(found)) foreign.add(found);
  }
  if (foreign.size > 0)
    throw new Error(
      `${name} must carry nothing but ${[...allowed].join(", ")}, and carries ${[...foreign].sort().join(", ")}`,
    );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, bytes] of Object.entries(await buildAgent()))
    console.log(
      `${relative(ROOT, join(ROOT, "dist", "agent", `${name}.mjs`))}  ${(bytes / 1024).toFixed(0)} kB`,
    );
}
