// `npm run story`: bundles tests/story and runs it: keys, releases, an upgrade that is confirmed, one that undoes itself, a way back, attacks.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { buildAll, ensureInstalled } from "./build-steps.mjs";
import { ROOT } from "./step.mjs";
import { installSystemPackages, missingPackages } from "./system-packages.mjs";

// Before anything is built: who cannot see the story should not wait for it.
installSystemPackages((line) => console.log(line), "npm run story");
const missing = missingPackages();
if (process.getuid?.() !== 0 || missing.length > 0) {
  const why = missing.length > 0 ? `${missing.join(", ")} missing` : "you are not root";
  console.error(`The story boots hosts, which needs root on Debian and these programs: ${why}.`);
  process.exit(2);
}
await ensureInstalled();
await buildAll();
const { build } = await import("esbuild");
// Two folders below the root, like tests/system: what it uses finds the repository from where it lies.
const outfile = join(ROOT, ".cache/story/main.mjs");
await build({
  absWorkingDir: ROOT,
  entryPoints: ["tests/story/main.ts"],
  outfile,
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20.19",
  format: "esm",
  sourcemap: true,
  logLevel: "warning",
});
const child = spawn(process.execPath, ["--enable-source-maps", outfile, ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: "inherit",
});
child.once("exit", (status) => {
  process.exitCode = status ?? 1;
});
