// Keeps the signing process alive beside the server: a child of its own, so that the process that answers browsers holds no private key.
// Where a service manager runs it as another user instead, FIDUCIAL_SIGNER=elsewhere leaves it to that.
import { spawn } from "node:child_process";
import { signerBundle } from "./build-steps.mjs";

const AGAIN_MS = 5_000;

/** It ends by itself when this process does, because the channel between them closes. */
export function runSigner() {
  if (process.env.FIDUCIAL_SIGNER === "elsewhere") return;
  /** @type {import("node:child_process").ChildProcess | null} */
  let child = null;
  const start = () => {
    child = spawn(process.execPath, ["--enable-source-maps", signerBundle], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.once("exit", () => {
      child = null;
      setTimeout(start, AGAIN_MS).unref();
    });
    // Neither the process nor its channel keeps the server from ending.
    child.unref();
    child.channel?.unref();
  };
  start();
  process.once("exit", () => child?.kill("SIGTERM"));
}
