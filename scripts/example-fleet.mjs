// The fleet that `npm start` shows: made once in its own data folder, then kept alive by a program beside the server.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { EXAMPLE_BUNDLES } from "./build-steps.mjs";
import { ROOT, StepError } from "./step.mjs";

/** Apart from a real installation's, so that neither is ever taken for the other. */
const EXAMPLE_DATA = ".demo-data";

export const EXAMPLE_USAGE = `  --scanners N        how many scanners the example fleet has (1240; 5 to 10000)
  --seed S            the same seed gives the same fleet (1)
  --fault F12@SERIAL  start with this fault on this scanner; may be given again (F01 to F28)`;

/** @typedef {{ scanners: number, seed: string, faults: string[] }} ExampleOptions */

/**
 * @param {{ scanners?: string, seed?: string, fault?: string[] }} given
 * @returns {ExampleOptions}
 */
export function readExampleOptions({ scanners = "1240", seed = "1", fault = [] }) {
  const count = Number(scanners);
  if (!Number.isInteger(count) || count < 5 || count > 10_000)
    throw new StepError(`--scanners ${scanners} must be a number from 5 to 10000.`);
  if (!/^[A-Za-z0-9._-]{1,32}$/.test(seed))
    throw new StepError(`--seed ${seed} must be 1 to 32 letters, digits, dots, dashes or underscores.`);
  for (const one of fault) {
    if (!/^F(0[1-9]|1[0-9]|2[0-8])@[A-Za-z0-9._-]{1,64}$/.test(one))
      throw new StepError(`--fault ${one} must be a fault and a serial, such as F12@FM25-0137.`);
  }
  return { scanners: count, seed, faults: fault };
}

/** Absolute path. */
export function exampleDataFolder() {
  return resolve(process.env.FIDUCIAL_DATA || join(ROOT, EXAMPLE_DATA));
}

/**
 * Writes the fleet into its folder unless it is there; says itself what it does. Then points the server at it.
 * @param {ExampleOptions} options
 */
export async function makeExampleFleet({ scanners, seed }) {
  const data = exampleDataFolder();
  const args = [EXAMPLE_BUNDLES.seed, "--data", data, "--seed", seed, "--scanners", String(scanners)];
  const status = await ended(
    spawn(process.execPath, ["--enable-source-maps", ...args], { cwd: ROOT, stdio: "inherit" }),
  );
  if (status !== 0) throw new StepError("The example fleet could not be made; the reason stands above.");
  const controlPort = await freePort();
  process.env.FIDUCIAL_DATA = data;
  process.env.FIDUCIAL_OPEN_SIGN_IN = "1";
  process.env.FIDUCIAL_DOCK_URL = `http://127.0.0.1:${controlPort}`;
  // A fleet that was made before stays as it is, whatever was asked for now.
  const made = JSON.parse(readFileSync(join(data, "fleet.json"), "utf8"));
  process.env.FIDUCIAL_BANNER ??= `Demo fleet. ${made.scanners.toLocaleString("en")} simulated scanners; nothing here reaches a real device.`;
  return { data, controlPort };
}

/**
 * Starts the scanners beside a server that serves. They end with this process: by its signal, or when their standard input closes.
 * @param {{ url: string, data: string, controlPort: number, faults: string[] }} run
 */
export function runExampleFleet({ url, data, controlPort, faults }) {
  const args = ["--server", url, "--data", data, "--port", String(controlPort)];
  const flags = [...args, ...faults.flatMap((one) => ["--fault", one])];
  const child = spawn(process.execPath, ["--enable-source-maps", EXAMPLE_BUNDLES.fleet, ...flags], {
    cwd: ROOT,
    stdio: ["pipe", "inherit", "inherit"],
    // A thousand agents keep their counters durably at the start; four threads would queue their fsyncs.
    env: { ...process.env, UV_THREADPOOL_SIZE: "16" },
    // In a process group of its own: Ctrl-C reaches the server first, and the server ends it.
    detached: true,
  });
  let stopping = false;
  child.once("exit", (code, signal) => {
    if (!stopping) console.error(`The example fleet stopped (${signal ?? code}); its scanners go offline.`);
  });
  process.once("exit", () => {
    stopping = true;
    child.kill("SIGTERM");
  });
  return child;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<number | null>}
 */
function ended(child) {
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("exit", done);
  });
}

/** Below the range that outgoing connections get their ports from (ip_local_port_range): none takes it before the scanners start. */
const PORTS = { from: 20_000, to: 32_000 };
const TRIES = 50;

/** @returns {Promise<number>} a port on loopback that nobody listens on */
async function freePort() {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    if (await isFree(port)) return port;
  }
  throw new StepError(`No port between ${PORTS.from} and ${PORTS.to} is free on this computer.`);
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((done) => {
    const probe = createServer();
    probe.once("error", () => done(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => done(true)));
  });
}
