import { describe, expect, test, vi } from "vitest";
import { ROLES } from "#core/access/role.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { nextLocal, offsetMs } from "#demo/plan/local-time.ts";
import { type FleetPlan, planFleet } from "#demo/plan/plan.ts";
import { scannerKeyPem } from "#demo/plan/scanner-key.ts";

const NOW = Date.parse("2026-11-22T16:00:00Z");
const plan = planFleet({ seed: "1", scanners: 1240, nowMs: NOW });

function count(of: FleetPlan, word: string): number {
  return of.scanners.filter(({ condition }) => condition.word === word).length;
}

/** A whole fleet takes seconds to plan where the machine is busy. */
vi.setConfig({ testTimeout: 60_000 });

describe("the planned fleet", () => {
  test("follows from its seed and nothing else", () => {
    const again = planFleet({ seed: "1", scanners: 40, nowMs: NOW });
    expect(planFleet({ seed: "1", scanners: 40, nowMs: NOW })).toEqual(again);
    expect(planFleet({ seed: "2", scanners: 40, nowMs: NOW }).scanners).not.toEqual(again.scanners);
  });

  test("has 46 sites in three regions, in zones of an hour, a half, a quarter and without summer time", () => {
    expect(plan.sites).toHaveLength(46);
    expect(new Set(plan.sites.map(({ name }) => name)).size).toBe(46);
    const january = Date.parse("2026-01-15T12:00:00Z");
    const july = Date.parse("2026-07-15T12:00:00Z");
    const hours = (zone: string, atMs: number) => offsetMs(zone, atMs) / 3_600_000;
    expect(hours("Asia/Kathmandu", july)).toBe(5.75);
    expect(hours("Asia/Kolkata", july)).toBe(5.5);
    expect(hours("America/St_Johns", january)).toBe(-3.5);
    expect(hours("America/St_Johns", july)).toBe(-2.5);
    expect(hours("America/Phoenix", january)).toBe(hours("America/Phoenix", july));
    expect(hours("Pacific/Auckland", january)).toBe(13);
    for (const { timeZone } of plan.sites) expect(Number.isFinite(offsetMs(timeZone, NOW))).toBe(true);
  });

  test("has the shares of the seed fleet, a trip among the unsafe, and Anni nominal in Hamburg [RUN-4]", () => {
    expect(plan.scanners).toHaveLength(1240);
    expect(count(plan, "nominal")).toBe(1240 - 74 - 74 - 37 - 25 - 20 - 10 - 7);
    expect([count(plan, "behind"), count(plan, "drifted"), count(plan, "offline")]).toEqual([74, 74, 37]);
    const rest = ["updating", "degraded", "unknown", "unsafe"].map((word) => count(plan, word));
    expect(rest).toEqual([25, 20, 10, 7]);
    expect(plan.scanners.some(({ now }) => now.faults.some(({ fault }) => fault === "F26"))).toBe(true);
    const anni = plan.scanners.find(({ serial }) => serial === "FM25-0137");
    expect(anni).toMatchObject({
      alias: "Anni",
      model: "FM-25",
      hardwareRevision: "D",
      site: { name: "Universitätsklinikum Hamburg-Eppendorf" },
      condition: { word: "nominal" },
    });
  });

  test.each([5, 12, 300, 2_000])("%i scanners keep their order, their serials and Anni", (scanners) => {
    const other = planFleet({ seed: "1", scanners, nowMs: NOW });
    expect(other.scanners).toHaveLength(scanners);
    expect(new Set(other.scanners.map(({ serial }) => serial)).size).toBe(scanners);
    expect(other.scanners.some(({ serial }) => serial === "FM25-0137")).toBe(true);
  });

  test("has somebody in every role, and ids that hold nothing but their thing", () => {
    expect(new Set(plan.people.map(({ role }) => role))).toEqual(new Set(ROLES));
    expect(new Set(plan.scanners.map(({ scannerId }) => scannerId)).size).toBe(1240);
    for (const { scannerId } of plan.scanners)
      expect(scannerIdSchema.safeParse(scannerId).success).toBe(true);
  });
});

describe("every scanner's fourteen months", () => {
  test("are in order, and nothing happens after now or while it is silent", () => {
    for (const { serial, moments, now } of plan.scanners) {
      const times = moments.map(({ atMs }) => atMs);
      expect(times, serial).toEqual([...times].sort((a, b) => a - b));
      expect(times.at(-1), serial).toBeLessThan(now.silentSinceMs ?? NOW);
      expect(moments[0]?.kind, serial).toBe("enrolled");
      for (const [at, one] of moments.entries())
        if (one.kind === "silent") expect(moments[at + 1]?.atMs, serial).toBeGreaterThan(one.untilMs);
    }
  });

  test("end in the release and the faults that its now names", () => {
    for (const { serial, moments, now } of plan.scanners) {
      const taken = moments.findLast((one) => one.kind === "switched" || one.kind === "enrolled");
      expect(taken, serial).toMatchObject({ release: now.release });
      const pinned = moments.findLast((one) => one.kind === "pinned");
      expect(pinned, serial).toMatchObject({ release: now.pinnedRelease });
    }
  });

  test("keep the flawed release to pilots who lost their cards with it [F03]", () => {
    const flawed = plan.releases["FM-25"].find(({ flaw }) => flaw !== null)?.name;
    const tried = plan.scanners.filter(({ moments }) =>
      moments.some((one) => one.kind === "switched" && one.release === flawed),
    );
    expect(tried.length).toBeGreaterThan(10);
    for (const { moments } of tried)
      expect(moments.some((one) => one.kind === "fault-began" && one.fault === "F03")).toBe(true);
    const still = plan.scanners.filter(({ now }) => now.release === flawed);
    expect(still.length).toBeGreaterThan(0);
    for (const { now } of still) expect(now.faults.map(({ fault }) => fault)).toEqual(["F03"]);
  });

  test("update at night, by the clocks of the site", () => {
    for (const { site, moments } of plan.scanners.slice(0, 200))
      for (const one of moments) {
        if (one.kind !== "switched" || one.atMs > NOW - 24 * 3_600_000) continue;
        const minute = Math.floor(((one.atMs + offsetMs(site.timeZone, one.atMs)) / 60_000) % 1_440);
        expect(minute).toBeGreaterThanOrEqual(120);
        expect(minute).toBeLessThanOrEqual(271);
      }
  });
});

test("the next time of day is found over a change of clocks", () => {
  const before = Date.parse("2026-03-28T12:00:00Z");
  expect(new Date(nextLocal("Europe/Berlin", before, 240)).toISOString()).toBe("2026-03-29T02:00:00.000Z");
});

test("a scanner's key follows from the installation's secret and its serial", () => {
  const secret = new Uint8Array(32).fill(7);
  expect(scannerKeyPem(secret, "FM25-0137")).toBe(scannerKeyPem(secret, "FM25-0137"));
  expect(scannerKeyPem(secret, "FM25-0137")).not.toBe(scannerKeyPem(secret, "FM25-0138"));
  expect(scannerKeyPem(secret, "FM25-0137")).toContain("BEGIN PRIVATE KEY");
});
