// `npm run bench`: bundles tests/bench and runs it; `npm run bench -- --help` lists the benches.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";
import { buildAgent } from "./build-agent.mjs";
import { ROOT } from "./step.mjs";

// Two folders below the root, like tests/system: what it uses finds the repository from where it lies.
const OUT = join(ROOT, ".cache/bench");

await build({
  absWorkingDir: ROOT,
  // Programs are processes of their own: what is measured shares no event loop with what measures it.
  entryPoints: ["tests/bench/main.ts", "tests/bench/programs/*.ts"],
  outbase: "tests/bench",
  outdir: OUT,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node20.19",
  format: "esm",
  sourcemap: true,
  logLevel: "warning",
});

await buildAgent(join(ROOT, ".cache/bench/agent"));
// What a host that is booted for a bench has under /opt.
await buildAgent();

const child = spawn(
  process.execPath,
  ["--enable-source-maps", join(OUT, "main.mjs"), ...process.argv.slice(2)],
  { cwd: ROOT, stdio: "inherit" },
);
// It clears away what it started before it ends; whoever asked waits for that.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"]))
  process.on(signal, () => child.kill(signal));
child.once("exit", (status) => {
  process.exitCode = status ?? 1;
});
