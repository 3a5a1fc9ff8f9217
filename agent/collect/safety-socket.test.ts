import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { linuxSystem } from "#agent/linux-system.ts";
import { linkOf, safetyFact } from "./safety-hearing.ts";
import { createSafetyListener, MAX_LINES_PER_SECOND, type SafetyListener } from "./safety-socket.ts";

const DAEMONS = join(import.meta.dirname, "../../tests/fixtures/safety-daemons");
const system = linuxSystem();
let folder: string;
let path: string;
let listener: SafetyListener;
let waiters: (() => void)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fid-safety-"));
  path = join(folder, "safety.sock");
  listener = createSafetyListener(system, path);
  waiters = [];
});
afterEach(() => {
  listener.stop();
  rmSync(folder, { recursive: true, force: true });
});

function start(): void {
  listener.start(() => {
    for (const waiter of waiters.splice(0)) waiter();
  });
}

/** Resolves when the fact, as a report would carry it, contains `expected`; the test's own time-out is the deadline. */
async function heard(expected: Record<string, unknown>): Promise<void> {
  for (;;) {
    const fact = safetyFact(listener.hearing(), system.monotonicMs(), path);
    const value = fact.state === "observed" ? (fact.value as Record<string, unknown>) : {};
    const flat = { ...value, ...(value.last as object | null) };
    if (Object.entries(expected).every(([key, want]) => JSON.stringify(flat[key]) === JSON.stringify(want)))
      return;
    await new Promise<void>((resolve) => waiters.push(resolve));
  }
}

const languages = [
  ["python3", "safetyd.py", "safetyd-py"],
  ["perl", "safetyd.pl", "safetyd-pl"],
] as const;

for (const [program, file, name] of languages) {
  const runs = spawnSync(program, ["-e", ""]).error === undefined;
  describe.skipIf(!runs)(`a real daemon in ${program}${runs ? "" : ` (skipped: no ${program})`}`, () => {
    let daemon: ChildProcess;
    let control: string;
    const tell = (command: string) => appendFileSync(control, `${command}\n`);
    const launch = async () => {
      daemon = spawn(program, [join(DAEMONS, file), "--socket", path, "--control", control], {
        stdio: "inherit",
      });
      while (!existsSync(control) || !existsSync(path))
        await new Promise((resolve) => setTimeout(resolve, 10));
    };
    beforeEach(async () => {
      control = join(folder, "control");
      await launch();
    });
    afterEach(() => {
      daemon.kill("SIGKILL");
    });

    test("is heard with name, chain and state; its socket is closed to others", async () => {
      expect(statSync(path).mode & 0o777).toBe(0o660);
      start();
      await heard({
        link: "connected",
        daemon: name,
        state: "ok",
        latched: false,
        permission: true,
        scanState: "idle",
      });
      expect(listener.hearing().last?.chain[0]).toEqual({
        id: "estop",
        label: "Emergency stop",
        state: "closed",
      });
    });

    test("tells every change at once: bypass, cut chain, limits, energised, scan [SEE-11]", async () => {
      start();
      await heard({ state: "ok" });
      tell("energise on");
      await heard({ energised: true });
      tell("scan running");
      await heard({ scanState: "running" });
      tell("limits abc");
      await heard({ limitsHash: "abc" });
      tell("cut door");
      await heard({ state: "tripped", latched: true, permission: false, energised: false });
      expect(listener.hearing().last?.chain.find((one) => one.id === "door")?.state).toBe("open");
      tell("bypass surveillance");
      await heard({ state: "bypassed", bypasses: ["surveillance"] });
    });

    test("serves several readers, and all of them hear the trip", async () => {
      const other = createSafetyListener(system, path);
      const told = new Promise<void>((resolve) =>
        other.start(() => {
          if (other.hearing().last?.state === "tripped") resolve();
        }),
      );
      start();
      await heard({ state: "ok" });
      tell("trip");
      await Promise.all([heard({ state: "tripped" }), told]);
      other.stop();
    });

    test("that falls silent is noticed without a further line, and heard again when it speaks", async () => {
      start();
      await heard({ link: "connected" });
      tell("silent");
      await heard({ link: "silent", state: "ok" });
      tell("speak");
      await heard({ link: "connected" });
    });

    test("that talks garbage is named as such", async () => {
      start();
      await heard({ link: "connected" });
      tell("garbage");
      await heard({ link: "garbage" });
      expect(listener.hearing().problem?.text).toMatch(/^not (JSON|UTF-8)$/);
    });

    test.each(["flood", "huge"])(
      "that sends a %s costs the agent a bounded amount and is cut off",
      async (how) => {
        start();
        await heard({ link: "connected" });
        tell(how);
        await heard({ link: "garbage" });
        expect(listener.hearing().problem?.text).toMatch(/^(over|line over) [0-9]+/);
      },
    );

    test("that crashes is absent with its last state known, and is found again after its restart", async () => {
      start();
      await heard({ link: "connected" });
      tell("crash");
      await heard({ link: "absent", state: "ok" });
      await launch();
      await heard({ link: "connected" });
    });
  });
}

describe("a peer that is not a safety daemon", () => {
  let server: Server;
  let received = "";
  let sockets: Socket[];
  const serve = (speak: (socket: Socket) => void) =>
    new Promise<void>((resolve) => {
      received = "";
      sockets = [];
      server = createServer((socket) => {
        sockets.push(socket);
        socket.on("data", (chunk) => {
          received += String(chunk);
        });
        socket.on("error", () => socket.destroy());
        speak(socket);
      }).listen(path, resolve);
    });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test("hears nothing from us, ever: readers send nothing", async () => {
    await serve((socket) => socket.write("what do you want?\n"));
    start();
    await heard({ link: "garbage" });
    listener.stop();
    expect(received).toBe("");
  });

  test("that sends only newlines is cut off at the hundredth", async () => {
    await serve((socket) => socket.write("\n".repeat(60_000)));
    start();
    await heard({ link: "garbage", problem: `over ${MAX_LINES_PER_SECOND} lines in a second` });
  });

  test("that closes at once is absent and not asked in a loop", async () => {
    await serve((socket) => socket.end());
    start();
    await heard({ link: "absent" });
    await new Promise((resolve) => setTimeout(resolve, 700));
    // 100, 200, 400 ms: the pause grows until the daemon speaks.
    expect(sockets.length).toBeLessThanOrEqual(4);
    expect(linkOf(listener.hearing(), system.monotonicMs())).toBe("absent");
  });
});

test("a daemon that starts after the agent is found by the poke of its new socket file", async () => {
  start();
  await new Promise<void>((resolve) => waiters.push(resolve));
  const hello = '{"type":"hello","schema":"fiducial.safety/1","daemon":"late","version":"1"}\n';
  const server = createServer((socket) => socket.end(hello));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  listener.poke();
  await heard({ daemon: "late" });
  server.close();
});
