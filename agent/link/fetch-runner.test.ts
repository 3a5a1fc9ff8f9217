import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type FetchChild, FetchRunner, startFetch } from "#agent/link/fetch-runner.ts";
import { createProblems, type Problems } from "#agent/link/problems.ts";

/** The runner with a program that ends when the test says so. */
type Started = { end: (status: number, last?: string) => void; stopped: boolean };
let started: Started[];
let scanning: boolean;
let problems: Problems;
let runner: FetchRunner | null;

function start(): FetchChild {
  const one: Started = { end: () => undefined, stopped: false };
  const ended = new Promise<{ status: number; last: string }>((resolve) => {
    one.end = (status, last = "") => resolve({ status, last });
  });
  started.push(one);
  return {
    ended,
    stop() {
      one.stopped = true;
      one.end(75, "told to stop");
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  started = [];
  scanning = false;
  problems = createProblems();
  runner = null;
});
afterEach(async () => {
  if (runner !== null) {
    const stopping = runner.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    await stopping;
  }
  vi.useRealTimers();
});

async function begin(): Promise<FetchRunner> {
  runner = new FetchRunner({
    start,
    scanning: () => scanning,
    underWay: () => false,
    problems,
    clockMs: () => Date.now(),
    random: () => 0.5,
    log: () => undefined,
  });
  await vi.advanceTimersByTimeAsync(10);
  return runner;
}

test("one at the start, one for each version that is heard, also the first: it may be newer than the look at the start [SIG-4]", async () => {
  const running = await begin();
  expect(started).toHaveLength(1);
  started[0]?.end(0);
  await vi.advanceTimersByTimeAsync(10);
  running.see(4);
  running.see(4);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(started).toHaveLength(2);
  started[1]?.end(0);
  await vi.advanceTimersByTimeAsync(10);
  running.see(4);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(started).toHaveLength(2);
  running.see(5);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(started).toHaveLength(3);
});

test("never two at once: what is asked meanwhile runs when the first has ended", async () => {
  const running = await begin();
  running.see(1);
  running.see(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(started).toHaveLength(1);
  started[0]?.end(0);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(started).toHaveLength(2);
});

test("never during a scan: what runs is stopped, and begun again when the scan is over [SEE-17]", async () => {
  scanning = true;
  await begin();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(started).toHaveLength(0);
  scanning = false;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(started).toHaveLength(1);
  scanning = true;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(started[0]?.stopped).toBe(true);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(started).toHaveLength(1);
  scanning = false;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(started).toHaveLength(2);
});

test("that somebody meddled is a problem in the next report; a server that is away is not, and the next success clears it [SIG-2]", async () => {
  await begin();
  started[0]?.end(75, "later: the server is away");
  await vi.advanceTimersByTimeAsync(70_000);
  expect(problems.list()).toEqual([]);
  started[1]?.end(2, "refused: metadata-rolled-back: director timestamp, version 3, was 4");
  await vi.advanceTimersByTimeAsync(130_000);
  started[2]?.end(75, "later: the server is away");
  await vi.advanceTimersByTimeAsync(250_000);
  expect(JSON.stringify(problems.list())).toContain("metadata-rolled-back");
  started[3]?.end(0);
  await vi.advanceTimersByTimeAsync(10);
  expect(problems.list()).toEqual([]);
});

test("a program that ends is heard with its status and its last line, one that is not there is said to be missing", async () => {
  vi.useRealTimers();
  const program = join(mkdtempSync(join(tmpdir(), "fiducial-child-")), "child.mjs");
  writeFileSync(program, 'console.log("first"); console.log("refused: x"); process.exitCode = 2;');
  expect(await startFetch(program).ended).toEqual({ status: 2, last: "refused: x" });
  expect(await startFetch("/nowhere/fiducial-fetch").ended).toMatchObject({
    status: 1,
    last: expect.stringContaining("cannot be started"),
  });
  writeFileSync(program, "setInterval(() => {}, 1000);");
  const child = startFetch(program);
  child.stop();
  expect(await child.ended).toEqual({ status: 75, last: "ended by SIGTERM" });
});

test("one that does not end when it is told is ended: a switch waits for the agent, and the agent for it [ACT-8]", async () => {
  vi.useRealTimers();
  const folder = mkdtempSync(join(tmpdir(), "fiducial-child-"));
  const program = join(folder, "child.mjs");
  writeFileSync(
    program,
    `import { writeFileSync } from "node:fs";
process.on("SIGTERM", () => {});
setInterval(() => {}, 1000);
writeFileSync(${JSON.stringify(join(folder, "deaf"))}, "");`,
  );
  const child = startFetch(program);
  await vi.waitFor(() => expect(existsSync(join(folder, "deaf"))).toBe(true), 30_000);
  child.stop();
  expect(await child.ended).toEqual({ status: 75, last: "ended by SIGKILL" });
});
