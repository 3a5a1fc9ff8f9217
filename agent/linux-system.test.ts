import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { linuxSystem } from "#agent/linux-system.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fid-system-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe("inside a root", () => {
  test("an absolute link leads back to the root, never to the machine that runs the test", async () => {
    mkdirSync(join(root, "etc"));
    writeFileSync(join(root, "etc/hostname"), "scanner\n");
    symlinkSync("/etc", join(root, "link"));
    const system = linuxSystem(root);
    expect(await system.readText("/link/hostname")).toEqual({ ok: true, value: "scanner\n" });
    expect(await system.resolve("/link/hostname")).toEqual({ ok: true, value: "/etc/hostname" });
  });

  test("dots and relative links cannot climb out of the root", async () => {
    mkdirSync(join(root, "a"));
    symlinkSync("../../../../../../../../etc/passwd", join(root, "a/up"));
    const system = linuxSystem(root);
    expect(await system.readText("/a/up")).toMatchObject({ ok: false, problem: "missing" });
    expect(await system.readText("/../../etc/passwd")).toMatchObject({ ok: false, problem: "missing" });
  });

  test("a loop of links is a failure, not a hang", async () => {
    symlinkSync("/b", join(root, "a"));
    symlinkSync("/a", join(root, "b"));
    expect(await linuxSystem(root).readText("/a")).toMatchObject({ ok: false, problem: "failed" });
  });

  test("the link itself is read and described without following it", async () => {
    symlinkSync("/nowhere", join(root, "dangling"));
    const system = linuxSystem(root);
    expect(await system.readLink("/dangling")).toEqual({ ok: true, value: "/nowhere" });
    expect(await system.info("/dangling")).toMatchObject({ ok: true, value: { kind: "link" } });
    expect(await system.resolve("/dangling")).toMatchObject({ ok: false, problem: "missing" });
  });
});

describe("reading", () => {
  test("a file of exactly the bound is read, one byte more is refused", async () => {
    writeFileSync(join(root, "f"), "x".repeat(100_000));
    const system = linuxSystem();
    const text = await system.readText(join(root, "f"), 100_000);
    expect(text.ok && text.value.length).toBe(100_000);
    expect(await system.readText(join(root, "f"), 99_999)).toMatchObject({ ok: false, problem: "too-large" });
  });

  test("a file that states size 0, as in /proc, is read to its end", async () => {
    const text = await linuxSystem().readText("/proc/self/status");
    expect(text.ok && text.value).toMatch(/^Name:/);
  });

  test("neither a FIFO nor a device is opened [SEE-16]", async () => {
    execFileSync("mkfifo", [join(root, "fifo")]);
    const system = linuxSystem();
    expect(await system.readText(join(root, "fifo"))).toMatchObject({ ok: false, problem: "failed" });
    expect(await system.readText("/dev/zero")).toMatchObject({ ok: false, problem: "failed" });
  });

  test("a folder that is not there is missing, not empty", async () => {
    expect(await linuxSystem().list(join(root, "none"))).toMatchObject({ ok: false, problem: "missing" });
  });

  test("disk space is known for a folder and missing for none", async () => {
    const system = linuxSystem();
    const space = await system.disk(root);
    expect(space.ok && space.value.totalBytes).toBeGreaterThan(0);
    expect(await system.disk(join(root, "none"))).toMatchObject({ ok: false, problem: "missing" });
  });
});

describe("running a program", () => {
  const limits = { timeoutMs: 5_000, maxBytes: 1_000 };
  const system = linuxSystem();

  test("an exit status is a value, not a failure", async () => {
    expect(await system.run("/bin/sh", ["-c", "echo out; echo err >&2; exit 3"], limits)).toEqual({
      ok: true,
      value: { status: 3, stdout: "out\n", stderr: "err\n" },
    });
  });

  test("one that is told to stop ends, also one that was told before it began [SEE-17]", async () => {
    const stop = new AbortController();
    const ran = system.run("/bin/sleep", ["60"], { ...limits, timeoutMs: 60_000, signal: stop.signal });
    stop.abort();
    expect(await ran).toMatchObject({ ok: false, detail: "told to stop" });
    expect(await system.run("/bin/sleep", ["60"], { ...limits, signal: stop.signal })).toMatchObject({
      ok: false,
      detail: "told to stop",
    });
  });

  test("a program over its time is killed together with its children", async () => {
    const script = "sleep 60 & wait";
    expect(await system.run("/bin/sh", ["-c", script], { timeoutMs: 100, maxBytes: 1_000 })).toMatchObject({
      ok: false,
      problem: "timeout",
    });
  });

  test("a program that floods is stopped at the bound", async () => {
    expect(await system.run("/bin/sh", ["-c", "while :; do echo flood; done"], limits)).toMatchObject({
      ok: false,
      problem: "too-large",
    });
  });

  test("no program and no permission to run it are refusals", async () => {
    writeFileSync(join(root, "text"), "x", { mode: 0o644 });
    expect(await system.run(join(root, "none"), [], limits)).toMatchObject({ ok: false, problem: "missing" });
    expect(await system.run(join(root, "text"), [], limits)).toMatchObject({
      ok: false,
      problem: "not-a-program",
    });
  });
});

test("a file renamed into a watched folder is noticed; a plain write is not", async () => {
  writeFileSync(join(root, "old"), "1");
  const names: string[] = [];
  let wake = () => {};
  const seen = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const watching = linuxSystem(root).watch("/", (name) => {
    names.push(name);
    if (name === "new") wake();
  });
  if (!watching.ok) throw new Error(watching.detail);
  writeFileSync(join(root, "old"), "2");
  renameSync(join(root, "old"), join(root, "new"));
  await seen;
  watching.value();
  expect(new Set(names)).toEqual(new Set(["old", "new"]));
  expect(linuxSystem(root).watch("/none", () => {})).toMatchObject({ ok: false, problem: "missing" });
});

test("a unix socket is connected; without a listener the refusal is a value", async () => {
  const path = join(root, "s.sock");
  const server = createServer((socket) => socket.end("hello"));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const connected = await linuxSystem(root).connect("/s.sock");
  if (!connected.ok) throw new Error(connected.detail);
  let text = "";
  for await (const chunk of connected.value) text += String(chunk);
  expect(text).toBe("hello");
  await new Promise((resolve) => server.close(resolve));
  expect(await linuxSystem(root).connect("/s.sock")).toMatchObject({ ok: false, problem: "missing" });
});

test("the monotonic clock is the one in /proc/uptime, which publishers of facts.d can read", () => {
  const system = linuxSystem();
  const first = system.monotonicMs();
  expect(system.monotonicMs()).toBeGreaterThanOrEqual(first);
  expect(first).toBeGreaterThan(1_000);
});
