import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";
import { enrol } from "#agent/link/enrol.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { readBootId } from "#agent/run-agent.ts";
import { type StubServer, startStubServer } from "#tests/support/stub-server.ts";

const KILLS = 15;
let server: StubServer;
let stateDir: string;
let runDir: string;
let program: string;
let running: ChildProcess | null = null;

beforeEach(async () => {
  server = await startStubServer();
  const folder = mkdtempSync(join(tmpdir(), "fiducial-kill-"));
  stateDir = join(folder, "state");
  runDir = join(folder, "run");
  mkdirSync(runDir);
  program = join(folder, "agent.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../../tests/support/reporting-agent.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  const system = linuxSystem();
  await enrol({
    stateDir,
    serverUrl: server.url,
    token: "fid1.abcdefghijklmnopqrstuvwxyz",
    fingerprint: server.fingerprint,
    trustFirstUse: false,
    serial: null,
    replace: false,
    hardwareFingerprint: "e".repeat(64),
    bootId: await readBootId(system),
    nowMs: system.nowMs(),
    proxy: { httpsProxy: null, noProxy: "" },
    extraCa: null,
    outbox: { reports: 1_000, bytes: 10_000_000 },
  });
});
afterEach(async () => {
  running?.kill("SIGKILL");
  await server.close();
});

function startAgent(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, stateDir, runDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  running = child;
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the agent ended by itself with ${code}`)));
    child.stdout?.once("data", () => {
      child.removeAllListeners("exit");
      resolve(child);
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once("exit", () => resolve()));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test(`killed ${KILLS} times while it writes and sends, no acknowledged report is lost, doubled or out of order, and no number comes twice (V-01, V-05, V-06)`, async () => {
  // A third of the answers are lost after the report was stored: the agent must send those again, byte for byte.
  let count = 0;
  server.reply = () => {
    count += 1;
    return count % 3 === 0 ? { silent: true } : null;
  };
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = await startAgent();
    await pause(Math.random() * 400);
    child.kill("SIGKILL");
    await ended(child);
  }
  server.reply = () => null;
  const last = await startAgent();
  // However slow the machine: enough reports for the word "never" to mean something, within the test's own time-out.
  do await pause(3_000);
  while (server.stored.length <= 2 * KILLS);
  last.kill("SIGTERM");
  await ended(last);

  const places = server.stored.map((one) => (one.split(" ")[0] ?? "").split(".").map(Number));
  const names = places.map((one) => one.join("."));
  expect(places.length).toBeGreaterThan(2 * KILLS);
  expect(new Set(names).size, "one content per number").toBe(names.length);
  const sorted = [...places].sort(
    (a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0),
  );
  expect(places, "stored in the order they were made").toEqual(sorted);
  const seqs = places.map((one) => one[2]);
  expect(new Set(seqs).size, "a seq is never used again").toBe(seqs.length);
}, 120_000);
