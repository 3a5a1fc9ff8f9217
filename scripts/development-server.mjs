// The server while its source is edited: bundled again on every change and restarted. Pages reload by Next's own development mode.
import { spawn } from "node:child_process";
import { context } from "esbuild";
import { SERVER_BUNDLE_OPTIONS } from "./build-steps.mjs";
import { ROOT } from "./step.mjs";

/** Runs until SIGINT or SIGTERM; the child stops its database itself. */
export async function runWhileEditing() {
  /** @type {import("node:child_process").ChildProcess | null} */
  let server = null;
  let ending = false;

  const restart = async () => {
    if (server !== null) await stopped(server);
    if (ending) return;
    server = spawn(process.execPath, ["--enable-source-maps", "scripts/run-server.mjs"], {
      stdio: "inherit",
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: "development" },
      // In a process group of its own: Ctrl-C reaches this process, which then ends the child once and waits for it.
      detached: true,
    });
  };
  const bundling = await context({
    ...SERVER_BUNDLE_OPTIONS,
    logLevel: "warning",
    plugins: [
      {
        name: "restart",
        setup: (build) => {
          build.onEnd(async ({ errors }) => {
            if (errors.length === 0) await restart();
          });
        },
      },
    ],
  });
  await bundling.watch();
  await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, resolve);
  });
  ending = true;
  await bundling.dispose();
  if (server !== null) await stopped(server);
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<void>}
 */
function stopped(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
