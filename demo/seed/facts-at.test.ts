import { afterAll, expect, test, vi } from "vitest";
import { stableFact } from "#core/report/digest.ts";
import type { FactKind } from "#core/report/kinds.ts";
import { parseReport } from "#core/report/report.ts";
import { Systems } from "#demo/host/systems.ts";
import { planFleet } from "#demo/plan/plan.ts";
import { createReader } from "#demo/seed/collect-at.ts";
import { createFactsMaker } from "#demo/seed/facts-at.ts";
import { hostStateAt } from "#demo/seed/host-state-at.ts";

vi.setConfig({ testTimeout: 120_000 });

const NOW = Date.parse("2026-11-22T16:00:00Z");
const plan = planFleet({ seed: "1", scanners: 400, nowMs: NOW });
const systems = new Systems(plan.releases);
const reader = createReader(systems);
const maker = createFactsMaker(systems);

afterAll(() => {
  reader.close();
  maker.close();
});

test("facts made for many hosts are those that the real collector reads on each [RUN-4]", async () => {
  const troubled = plan.scanners.filter(({ condition }) => condition.word !== "nominal").slice(0, 60);
  const others = plan.scanners.filter((_, at) => at % 17 === 0);
  const moments = [...troubled, ...others].flatMap((scanner) => [
    { scanner, atMs: NOW - 1_000 },
    { scanner, atMs: scanner.moments[Math.floor(scanner.moments.length / 2)]?.atMs ?? NOW },
  ]);
  // The templates come from other hosts and other days than those compared.
  for (const { scanner, atMs } of moments.toReversed())
    await maker.factsAt(hostStateAt(plan, scanner, atMs - 40_000), atMs - 40_000);
  for (const { scanner, atMs } of moments) {
    const state = hostStateAt(plan, scanner, atMs);
    const [{ facts: made }, read] = [await maker.factsAt(state, atMs), await reader.read(state, atMs)];
    for (const kind of Object.keys(read) as FactKind[]) {
      const [expected, given] = [read[kind], made[kind]];
      if (expected === undefined || given === undefined) throw new Error(`${kind} is missing`);
      const where = `${scanner.serial} ${kind} ${JSON.stringify(state.faults)}`;
      expect(stableFact(kind, given), where).toEqual(stableFact(kind, expected));
    }
    expect(made).toEqual(read);
  }
});

test("facts made pass the server's schema", async () => {
  const [scanner] = plan.scanners;
  if (scanner === undefined) throw new Error("no scanner");
  const { facts } = await maker.factsAt(hostStateAt(plan, scanner, NOW), NOW);
  const envelope = {
    protocol: 1,
    scannerId: scanner.scannerId,
    bootId: "0198aaaa-bbbb-4ccc-8ddd-0123456789ab",
    bootCounter: 1,
    startCounter: 1,
    seq: 1,
    sentAtMs: NOW,
    observedAtMs: NOW,
    uptimeMs: 1,
    witness: null,
    facts,
  };
  expect(parseReport(JSON.parse(JSON.stringify(envelope)))).toMatchObject({ ok: true });
});
