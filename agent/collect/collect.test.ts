import { describe, expect, test } from "vitest";
import { linuxSystem } from "#agent/linux-system.ts";
import type { System } from "#agent/system.ts";
import { factsDigestText } from "#core/report/digest.ts";
import { FACT_KIND_NAMES } from "#core/report/kinds.ts";
import { REASON_CODES } from "#core/report/reason-codes.ts";
import { type Facts, parseReport } from "#core/report/report.ts";
import { collect, collectorOf, kept, observedOf } from "#tests/fixtures/host-root/host-collector.ts";
import {
  BOOT_ID,
  closureOf,
  emptyHostRoot,
  type HostRoot,
  nixosHostRoot,
} from "#tests/fixtures/host-root/host-root.ts";
import { providedWaitMs } from "./watch.ts";

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

describe("watching", () => {
  test("a value provided after a quiet time is told as fast as any change, and a busy publisher every three seconds [SEE-14, SEE-16]", () => {
    expect(providedWaitMs(100_000, Number.NEGATIVE_INFINITY)).toBe(300);
    expect(providedWaitMs(100_000, 90_000)).toBe(300);
    expect(providedWaitMs(101_000, 100_300)).toBe(2_300);
    expect(providedWaitMs(102_000, 103_300), "it joins the one that waits").toBe(1_300);
  });

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
