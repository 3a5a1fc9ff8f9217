import { chmod, readFile, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildName } from "./build-agent.mjs";

/**
 * Builds `dist/cli/fiducial.mjs`: the command line of the release station, one file with nothing beside it. It signs and verifies, so it
 * carries the TUF packages; the `fiducial` of a scanner (build-agent.mjs) does not.
 */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Packages that still speak CommonJS ask for Node's own modules by `require`. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** @returns {Promise<string>} where the program is */
export async function buildStation(outFolder = join(ROOT, "dist", "cli")) {
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  const outfile = join(outFolder, "fiducial.mjs");
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["cli/station/main.ts"],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    minify: true,
    legalComments: "none",
    banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
    define: { FIDUCIAL_VERSION: JSON.stringify(version), FIDUCIAL_BUILD: JSON.stringify(buildName()) },
    logLevel: "warning",
  });
  await chmod(outfile, 0o755);
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outfile = await buildStation();
  console.log(`${relative(ROOT, outfile)}  ${((await stat(outfile)).size / 1024).toFixed(0)} kB`);
}
