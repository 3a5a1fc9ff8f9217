import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { linuxSystem } from "#agent/linux-system.ts";
import type { System } from "#agent/system.ts";
import { factsDigestText } from "#core/report/digest.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { FACT_KIND_NAMES } from "#core/report/kinds.ts";
import { REASON_CODES } from "#core/report/reason-codes.ts";
import { type Facts, parseReport } from "#core/report/report.ts";
import {
  BOOT_ID,
  closureOf,
  emptyHostRoot,
  type HostRoot,
  KERNEL,
  nixosHostRoot,
} from "#tests/fixtures/host-root/host-root.ts";
import { createCollector, PROBES } from "./collect.ts";
import type { CollectOptions } from "./probe.ts";

const roots: HostRoot[] = [];
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  for (const { root } of roots.splice(0)) rmSync(root, { recursive: true });
});
function kept(host: HostRoot): HostRoot {
  roots.push(host);
  return host;
}

const agentFact = (): FactValue<"agent"> => ({
  version: "1",
  node: process.version,
  mode: "service",
  user: "unprivileged",
  changesEnabled: false,
  residentBytes: 1,
  anonymousBytes: 1,
  cpuMs: 1,
  startedAtMs: 1,
  wakeups: 1,
  outboxReports: 0,
  droppedReports: 0,
  proxy: null,
  customCa: false,
  problems: [],
});
const options: CollectOptions = {
  runDir: "/run/fiducial",
  safetySocket: "/run/fiducial/safety.sock",
  profiles: "/nix/var/nix/profiles",
  mode: "service",
  agentFact,
};
const collectorOf = (host: HostRoot, system: System = linuxSystem(host.root)) =>
  createCollector(system, options);
const collect = (host: HostRoot) => collectorOf(host).collect();

function observedOf<K extends keyof Facts>(facts: Facts, kind: K) {
  const fact = facts[kind];
  if (fact?.state !== "observed") throw new Error(`${kind}: ${JSON.stringify(fact)}`);
  return fact.value as NonNullable<Extract<Facts[K], { state: "observed" }>>["value"];
}

function parsed(facts: Facts) {
  return parseReport({
    protocol: 1,
    scannerId: "0190a6f0-0000-7000-8000-000000000000",
    bootId: BOOT_ID,
    bootCounter: 1,
    startCounter: 1,
    seq: 1,
    sentAtMs: 1,
    observedAtMs: 1,
    uptimeMs: 1,
    witness: null,
    facts: JSON.parse(JSON.stringify(facts)),
  });
}

describe("every kind is answered [SEE-14]", () => {
  test.each([
    ["a NixOS scanner", nixosHostRoot],
    ["a host with nothing on it", emptyHostRoot],
  ])("%s gives a report that the server accepts, with every kind in it", async (_, make) => {
    const facts = await collect(kept(make()));
    expect(Object.keys(facts).sort()).toEqual([...FACT_KIND_NAMES].sort());
    const report = parsed(facts);
    expect(report.ok ? "" : report.problem).toBe("");
  });

  test("a host with nothing on it has every reason in the catalogue, and nothing of the machine that runs the test", async () => {
    const facts = await collect(kept(emptyHostRoot()));
    const codes = [...JSON.stringify(facts).matchAll(/"code":"([^"]+)"/g)].map((match) => match[1]);
    expect(codes.length).toBeGreaterThan(8);
    for (const code of codes) expect(REASON_CODES).toContain(code);
    for (const kind of ["host", "kernel", "modules", "units", "safety", "disks", "nix"] as const)
      expect(facts[kind]?.state).toBe("unknown");
  });

  test("a probe that throws costs its own fact and is named", async () => {
    const host = kept(nixosHostRoot());
    const system = linuxSystem(host.root);
    const broken: System = {
      ...system,
      readText: (path, max) => {
        if (path === "/proc/mounts") throw new Error("defect");
        return system.readText(path, max);
      },
    };
    const facts = await collectorOf(host, broken).collect();
    expect(facts.disks).toMatchObject({
      reason: { code: "probe-failed", params: { probe: "disks", detail: "defect" } },
    });
    expect(facts.kernel?.state).toBe("observed");
    expect(observedOf(facts, "agent").problems).toContainEqual({
      source: "disks",
      reason: "probe failed: defect",
    });
  });

  test("who calls during a reading gets the next one, so that what changed meanwhile is in it", async () => {
    const host = kept(nixosHostRoot());
    const collector = collectorOf(host);
    const first = collector.collect();
    const second = collector.collect();
    const third = collector.collect();
    expect(third).toBe(second);
    await first;
    host.link("/run/current-system", closureOf(3));
    expect(observedOf(await second, "closures").running).toMatchObject({ value: { path: closureOf(3) } });
    expect(await collector.collect()).not.toBe(await second);
  });

  test("an unchanged host has an unchanged digest", async () => {
    const collector = collectorOf(kept(nixosHostRoot()));
    expect(factsDigestText(await collector.collect())).toBe(factsDigestText(await collector.collect()));
  });
});

describe("closures [SEE-1]", () => {
  test("running, booted, profile and next boot are told apart, with generation and time", async () => {
    const value = observedOf(await collect(kept(nixosHostRoot())), "closures");
    const at = (n: number) => ({
      state: "observed",
      value: { path: closureOf(n), generation: n, sinceMs: expect.any(Number) },
    });
    expect(value.running).toEqual(at(2));
    expect(value.booted).toEqual(at(2));
    expect(value.profile).toEqual(at(3));
    expect(value.nextBoot).toMatchObject({ value: { path: closureOf(3), generation: 3 } });
  });

  test("a closure that was collected under the running system is unknown, not running", async () => {
    const host = kept(nixosHostRoot());
    host.remove(closureOf(2));
    const value = observedOf(await collect(host), "closures");
    expect(value.running).toMatchObject({
      reason: { code: "dangling-link", params: { target: closureOf(2) } },
    });
  });

  test("a link to something that is no store path is named and not believed", async () => {
    const host = kept(nixosHostRoot());
    host.folder("/home/me/result");
    host.link("/run/current-system", "/home/me/result");
    expect(observedOf(await collect(host), "closures").running).toMatchObject({
      reason: { code: "not-a-store-path" },
    });
  });

  test("a running closure that is no generation has no number", async () => {
    const host = kept(nixosHostRoot());
    host.folder(closureOf(7));
    host.link("/run/current-system", closureOf(7));
    expect(observedOf(await collect(host), "closures").running).toMatchObject({
      value: { path: closureOf(7), generation: null },
    });
  });

  test("generations: newest first, made by hand included, a dangling link listed as not present", async () => {
    const host = kept(nixosHostRoot());
    host.link("/nix/var/nix/profiles/system-41-link", closureOf(1));
    host.link("/nix/var/nix/profiles/system-x-link", closureOf(1));
    host.remove(closureOf(1));
    const { entries, more } = observedOf(await collect(host), "generations");
    expect(entries.map(({ number, present }) => [number, present])).toEqual([
      [41, false],
      [3, true],
      [2, true],
      [1, false],
    ]);
    expect(more).toBe(0);
  });

  test("another operating system says so instead of a missing file", async () => {
    const host = kept(emptyHostRoot());
    host.write("/etc/os-release", 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12"\n');
    const { running, nextBoot } = observedOf(await collect(host), "closures");
    for (const fact of [running, nextBoot])
      expect(fact).toEqual({
        state: "unknown",
        reason: { code: "not-nixos", params: { os: "Debian GNU/Linux 12" } },
      });
  });
});

describe("kernel and modules [SEE-4]", () => {
  test("the kernel, its parameters and both trees", async () => {
    expect(observedOf(await collect(kept(nixosHostRoot())), "kernel")).toMatchObject({
      release: KERNEL,
      tainted: 4096,
      realtime: true,
      parameters: [`init=${closureOf(2)}/init`, "isolcpus=2,3", 'dyndbg="file a +p"'],
      bootedTree: { value: KERNEL },
    });
  });

  test("a loaded module that the tree does not carry is named; version and taint are read", async () => {
    const value = observedOf(await collect(kept(nixosHostRoot())), "modules");
    expect(value.loaded[1]).toEqual({ name: "nvidia", version: "580.95", srcversion: null, taint: "POE" });
    expect(value.differsFromBootedTree).toEqual({ state: "observed", value: ["nvidia"] });
    expect(value.differsFromCurrentTree).toEqual({ state: "observed", value: ["nvidia"] });
  });

  test("another tree for the same release is unknown, because names prove nothing about files", async () => {
    const host = kept(nixosHostRoot());
    host.link("/run/current-system", closureOf(3));
    expect(observedOf(await collect(host), "modules").differsFromCurrentTree).toMatchObject({
      reason: { code: "module-files-not-compared" },
    });
  });

  test("a tree for another kernel carries none of the loaded modules", async () => {
    const host = kept(nixosHostRoot());
    host.write("/proc/sys/kernel/osrelease", "6.1.1\n");
    expect(observedOf(await collect(host), "modules").differsFromBootedTree).toMatchObject({
      value: ["ext4", "nvidia", "snd_hda"],
    });
  });

  test("a kernel without modules is unknown, not a kernel with none loaded", async () => {
    const host = kept(nixosHostRoot());
    host.remove("/proc/modules");
    expect((await collect(host)).modules).toEqual({
      state: "unknown",
      reason: { code: "kernel-without-modules" },
    });
  });
});

describe("facts.d [SEE-16]", () => {
  const file = (changes: Record<string, unknown> = {}) =>
    JSON.stringify({
      schema: "fiducial.facts/1",
      owner: "daq",
      bootId: BOOT_ID,
      uptimeMs: Math.max(0, linuxSystem().monotonicMs() - 5_000),
      facts: [{ id: "daq.temp", value: 21.5, unit: "°C", quality: "good" }],
      ...changes,
    });

  test("age comes from uptime and boot id; of another boot the quality is unknown", async () => {
    const host = kept(nixosHostRoot());
    host.write("/run/fiducial/facts.d/a.json", file());
    host.write("/run/fiducial/facts.d/b.json", file({ owner: "old", bootId: BOOT_ID.replaceAll("1", "9") }));
    host.write("/run/fiducial/facts.d/c.json", file({ owner: "future", uptimeMs: 9e12 }));
    const [daq, future, old] = [...observedOf(await collect(host), "provided")].sort((a, b) =>
      a.owner < b.owner ? -1 : 1,
    );
    expect(daq).toMatchObject({ id: "daq.temp", value: 21.5, quality: "good" });
    expect(daq?.ageMs).toBeGreaterThanOrEqual(5_000);
    expect(daq?.ageMs).toBeLessThan(60_000);
    expect(old?.quality).toBe("unknown");
    expect(future?.quality).toBe("unknown");
  });

  test("files that are too large, not JSON or of another schema are left out and named", async () => {
    const host = kept(nixosHostRoot());
    host.write("/run/fiducial/facts.d/good.json", file());
    host.write("/run/fiducial/facts.d/large.json", file({ pad: "x".repeat(64 * 1024) }));
    host.write("/run/fiducial/facts.d/text.json", "temperature: 20");
    host.write("/run/fiducial/facts.d/v2.json", file({ schema: "fiducial.facts/2" }));
    host.write("/run/fiducial/facts.d/.tmp.json", "half");
    const facts = await collect(host);
    expect(observedOf(facts, "provided")).toHaveLength(1);
    const named = observedOf(facts, "agent").problems.map(
      (one) => `${one.source.split("/").at(-1)} ${one.reason}`,
    );
    expect(named).toEqual([
      "large.json over 65536 bytes",
      "text.json not JSON",
      "v2.json schema: invalid_value",
    ]);
  });
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
    ]);
  });
});

describe("watching", () => {
  test.each([
    ["closures", (host: HostRoot) => host.link("/run/current-system", closureOf(3))],
    ["generations", (host: HostRoot) => host.link("/nix/var/nix/profiles/system", "system-1-link")],
    ["run-folder", (host: HostRoot) => host.folder("/run/fiducial/facts.d")],
  ])("a change of %s is called within the debounce, once", async (why, change) => {
    const host = kept(nixosHostRoot());
    host.folder("/run/fiducial");
    const collector = collectorOf(host);
    const whys: string[] = [];
    let stop = () => {};
    // The safety listener tells its first answer too; only then the change is made.
    await new Promise<void>((resolve) => {
      stop = collector.watch((one) => {
        whys.push(one);
        resolve();
      });
    });
    whys.length = 0;
    stop();
    await new Promise<void>((resolve) => {
      stop = collector.watch((one) => {
        whys.push(one);
        if (one === why) resolve();
      });
      change(host);
    });
    stop();
    expect(whys.filter((one) => one === why)).toEqual([why]);
  });
});
