import { spawnSync } from "node:child_process";
import { chmod } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Builds `dist/conformance/client.mjs`, the client under test for the TUF project's conformance suite, and runs it with what it was given;
 * without arguments it prints where the program lies (docs/conformance.md). Beside it lies `library-client.mjs`, the library alone.
 */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const outfile = join(ROOT, "dist", "conformance", "client.mjs");
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

await build({
  absWorkingDir: ROOT,
  entryPoints: ["client", "library-client", "check"].map((name) => `tests/conformance/${name}.ts`),
  outdir: dirname(outfile),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
  logLevel: "warning",
});
for (const name of ["client.mjs", "library-client.mjs"]) await chmod(join(dirname(outfile), name), 0o755);
const args = process.argv.slice(2);
if (args.length === 0) console.log(outfile);
else process.exitCode = spawnSync(process.execPath, [outfile, ...args], { stdio: "inherit" }).status ?? 1;
