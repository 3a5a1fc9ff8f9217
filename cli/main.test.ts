import { type ExecFileException, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type StubServer, startStubServer } from "#tests/support/stub-server.ts";

/** The built program, as it lies on a scanner: one file and nothing beside it. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
let programs: string;
let server: StubServer;
let folders: string[];
let state: string;

beforeAll(async () => {
  const { buildAgent } = await import("../scripts/build-agent.mjs");
  programs = mkdtempSync(join(tmpdir(), "fiducial-programs-"));
  await buildAgent(programs);
  server = await startStubServer();
});
afterAll(() => server.close());
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "fiducial-cli-"));
  state = join(folder, "state");
  const run = join(folder, "run");
  mkdirSync(run);
  folders = ["--state", state, "--run", run, "--safety-socket", join(run, "safety.sock")];
});

type Ran = { status: number; stdout: string; stderr: string };
function fiducial(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(programs, "fiducial.mjs"), ...args],
      (error: ExecFileException | null, stdout, stderr) =>
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
const token = ["--token", "fid1.abcdefghijklmnopqrstuvwxyz"];
const enroll = (...args: string[]) =>
  fiducial("enroll", "--server", server.url, ...token, ...folders, ...args);

test("each program is one file with the line that makes it run, and small", () => {
  for (const name of ["fiducial", "fiducial-agent", "fiducial-facts"]) {
    const path = join(programs, `${name}.mjs`);
    expect(readFileSync(path, "utf8").startsWith("#!/usr/bin/env node\n")).toBe(true);
    expect(statSync(path).mode & 0o111).toBe(0o111);
    expect(statSync(path).size).toBeLessThan(400 * 1024);
  }
});

test("every verb explains itself, and wrong use says what is wrong [exit status 2]", async () => {
  const help = await fiducial("--help");
  expect(help.status).toBe(0);
  for (const verb of ["enroll", "run", "status", "check", "report", "facts"]) {
    expect(help.stdout).toContain(`  ${verb}`);
    const one = await fiducial(verb, "--help");
    expect(one.status).toBe(0);
    expect(one.stdout).toMatch(/^Usage: fiducial/);
  }
  expect(await fiducial("frobnicate")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('no verb "frobnicate"'),
  });
  expect(await fiducial("status", "--jason")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("--jason"),
  });
  expect((await fiducial("--version")).stdout).toMatch(/^fiducial \d+\.\d+\.\d+ \(/);
});

test("enrolment without a fingerprint is refused and says why, before anything is sent (K-04)", async () => {
  const refused = await enroll();
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain("--trust-on-first-use");
  expect(server.heard).toHaveLength(0);
});

test("by hand: not enrolled, enrolled, run, seen, stopped", async () => {
  expect(await fiducial("status", ...folders)).toMatchObject({
    status: 3,
    stdout: expect.stringContaining("not enrolled"),
  });
  expect(await fiducial("run", ...folders)).toMatchObject({
    status: 3,
    stderr: expect.stringContaining("fiducial enroll"),
  });
  const enrolled = await enroll("--fingerprint", server.fingerprint, "--serial", "MPI-9");
  expect(enrolled).toMatchObject({ status: 0, stdout: expect.stringContaining("waits for approval") });
  const agent = spawn(process.execPath, [join(programs, "fiducial.mjs"), "run", ...folders]);
  let said = "";
  agent.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await vi.waitUntil(() => said.includes("link: acknowledged"), { timeout: 30_000 });
  expect(said).toContain("Nothing restarts this agent");
  const status = await fiducial("status", "--json", ...folders);
  expect(status.status).toBe(0);
  expect(JSON.parse(status.stdout)).toMatchObject({
    enrolment: { state: "enrolled", serial: "MPI-9", serverFingerprint: server.fingerprint },
    agent: { state: "running", last: { lastReportSeq: 1, link: { state: "acknowledged" } } },
    outboxFiles: 0,
  });
  const ended = new Promise((resolve) => agent.once("exit", resolve));
  agent.kill("SIGTERM");
  expect(await ended).toBe(0);
});

test("report --json prints the facts, unknown ones with their reason, and sends nothing [SEE-14]", async () => {
  const before = server.heard.length;
  const report = await fiducial("report", "--json", ...folders);
  const facts = JSON.parse(report.stdout) as Record<string, { state: string; reason?: { code: string } }>;
  expect(facts.host?.state).toBe("observed");
  expect(facts.safety).toMatchObject({ state: "unknown", reason: { code: "no-safety-socket" } });
  expect(server.heard).toHaveLength(before);
});

test("check connection proves the server's signature without counting as a heartbeat", async () => {
  await enroll("--fingerprint", server.fingerprint);
  server.reply = (heard) => (heard.endpoint === "heartbeat" ? { refuse: "wrong-schema" } : null);
  expect(await fiducial("check", "connection", ...folders)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("reached"),
  });
  server.reply = () => ({ raw: { status: 200, headers: { "content-type": "text/html" }, body: "<html>" } });
  expect(await fiducial("check", "connection", ...folders)).toMatchObject({
    status: 4,
    stdout: expect.stringContaining("not the server"),
  });
  server.reply = () => null;
});

test("check safety-socket says what is wrong with a socket that is not there", async () => {
  expect(await fiducial("check", "safety-socket", join(state, "none.sock"), ...folders)).toMatchObject({
    status: 1,
    stdout: expect.stringContaining("cannot be connected"),
  });
});
