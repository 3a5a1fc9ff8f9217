import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { linuxSystem } from "#agent/linux-system.ts";
import type { System } from "#agent/system.ts";
import { FACT_KIND_NAMES } from "#core/report/kinds.ts";
import { collectorOf, kept, observedOf, options } from "#tests/fixtures/host-root/host-collector.ts";
import { type HostRoot, nixosHostRoot } from "#tests/fixtures/host-root/host-root.ts";
import { PROBES } from "./collect.ts";

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

describe("quiet while scanning [SEE-17]", () => {
  async function daemon(host: HostRoot) {
    host.folder("/run/fiducial");
    let scanState = "idle";
    const line = () =>
      `${JSON.stringify({ type: "state", state: "ok", chain: [], latched: false, permission: true, bypasses: [], limitsHash: null, energised: null, scanState, lastSelfTestAtMs: null })}\n`;
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.write(`{"type":"hello","schema":"fiducial.safety/1","daemon":"d","version":"1"}\n${line()}`);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(`${host.root}/run/fiducial/safety.sock`, resolve));
    return (next: string) => {
      scanState = next;
      for (const socket of sockets) socket.write(line());
    };
  }

  /** Counts what a scan must not see: programs, and reads outside /proc, /sys, links and the run folder. */
  function watched(host: HostRoot) {
    const system = linuxSystem(host.root);
    const seen: string[] = [];
    const spy: System = {
      ...system,
      run: (program) => {
        seen.push(program);
        return Promise.resolve({ ok: false, problem: "failed", detail: "" });
      },
      disk: (path) => {
        seen.push(`statfs ${path}`);
        return system.disk(path);
      },
      connect: (path) => {
        if (path !== options.safetySocket) seen.push(path);
        return system.connect(path);
      },
      readText: (path, max) => {
        if (path.includes("modules")) seen.push(path);
        return system.readText(path, max);
      },
    };
    return { spy, seen };
  }

  test("idle probes keep their last value with its time, and touch nothing", async () => {
    const host = kept(nixosHostRoot());
    const scan = await daemon(host);
    const { spy, seen } = watched(host);
    const collector = collectorOf(host, spy);
    const changes: string[] = [];
    let wake = () => {};
    const stop = collector.watch((why) => {
      changes.push(why);
      wake();
    });
    const next = () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      });
    const before = await collector.collect();
    expect(before.modules).not.toHaveProperty("atMs");
    const told = next();
    scan("running");
    await told;
    expect(collector.scanning()).toBe(true);
    seen.length = 0;
    host.write("/proc/modules", "");
    const during = await collector.collect();
    expect(seen).toEqual([]);
    expect(during.modules).toEqual({ ...before.modules, atMs: expect.any(Number) });
    expect(during.closures).toEqual(before.closures);
    expect(observedOf(during, "safety").last?.scanState).toBe("running");
    const ended = next();
    scan("idle");
    await ended;
    expect(changes.at(-1)).toBe("scan-ended");
    expect(observedOf(await collector.collect(), "modules").loaded).toEqual([]);
    stop();
  });

  test("what was never read before the scan is unknown for that reason", async () => {
    const host = kept(nixosHostRoot());
    const scan = await daemon(host);
    scan("running");
    const facts = await collectorOf(host).collect();
    expect(facts.modules).toEqual({ state: "unknown", reason: { code: "quiet-while-scanning" } });
    expect(facts.closures?.state).toBe("observed");
  });

  test("whatever is not always is declared, and only small reads are always", () => {
    const always = FACT_KIND_NAMES.filter((kind) => PROBES[kind].while === "always");
    expect(FACT_KIND_NAMES.filter((kind) => !always.includes(kind))).toEqual([
      "modules",
      "units",
      "disks",
      "clock",
      "gpus",
      "firmware",
    ]);
  });
});
