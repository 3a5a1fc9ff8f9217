import { v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Item } from "#core/manifest/item.ts";
import { dropOldReadings } from "#server/series/service.ts";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { closuresFact, reportBody, unit, unitsFact } from "#tests/integration/report-body.ts";
import { callerAs } from "#tests/integration/router-caller.ts";
import type { ScannerClient } from "#tests/integration/scanner-client.ts";

const OLD = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-fm25-2026.09.4";
const NEW = "/nix/store/1123456789abcdfghijklmnpqrsvwxyz-nixos-system-fm25-2026.10.2";
const MINUTE = 60_000;
const STEP = 5 * MINUTE;

const ITEM = { args: {}, class: "function", while: "always" } as const;
const ITEMS: Item[] = [
  {
    ...ITEM,
    id: "cooling.supply",
    kind: "provided",
    args: { owner: "chiller", id: "supply" },
    expect: { op: "range", want: { min: 16, max: 20 } },
    unit: "°C",
    block: "cooling",
    link: "network",
  },
  {
    ...ITEM,
    id: "unit.app",
    kind: "unit",
    args: { name: "app.service" },
    expect: { op: "eq", want: "active" },
  },
  {
    ...ITEM,
    id: "safety.link",
    kind: "safety-link",
    expect: { op: "eq", want: "connected" },
    class: "safety",
  },
];

let server: IngestServer;
const scanners: ScannerClient[] = [];

beforeAll(async () => {
  server = await startIngestServer();
  for (const [name, toplevel] of [["2026.09.4", OLD] as const, ["2026.10.2", NEW] as const])
    await server.sql(
      `insert into "Release" (id, "organisationId", origin, name, toplevel, manifest, "createdBy") values ($1, $2, 'signed', $3, $4, $5, 'test')`,
      [
        v7(),
        server.scope.organisationId,
        name,
        toplevel,
        { schema: "fiducial.expected/1", toplevel, closureDigest: null, items: ITEMS },
      ],
    );
  for (let made = 0; made < 4; made += 1) {
    const scanner = await server.addScanner("approved", `${made}`.repeat(64));
    await server.sql(`update "Scanner" set model = $2 where id = $1`, [
      scanner.scannerId,
      made === 3 ? "FM-30" : "FM-25",
    ]);
    scanners.push(scanner);
  }
});
afterAll(async () => {
  await server.close();
});

const engineer = () => callerAs(server, "service-engineer", [server.scope.siteId]);

const scannerAt = (place: number): ScannerClient => {
  const scanner = scanners[place];
  if (scanner === undefined) throw new Error(`no scanner ${place}`);
  return scanner;
};
const idOf = (place: number) => scannerAt(place).scannerId as never;

type Given = { seq: number; supply?: number | null; active?: string; toplevel?: string; safety?: string };

async function report(place: number, given: Given): Promise<void> {
  const { seq, supply = 18.2, active = "active", toplevel = NEW, safety = "connected" } = given;
  const value = { owner: "chiller", id: "supply", value: supply, unit: "°C", quality: "good", ageMs: 0 };
  const facts = {
    closures: closuresFact(toplevel),
    units: unitsFact(unit("app.service", active)),
    ...(supply === null ? {} : { provided: { state: "observed", value: [value] } }),
    safety: {
      state: "observed",
      value: {
        ...{ link: safety, daemon: "safetyd", version: "1", heartbeatAgeMs: 100, problem: null },
        last: {
          ...{
            state: "ok",
            latched: false,
            permission: true,
            bypasses: [],
            limitsHash: null,
            energised: false,
          },
          ...{ scanState: "idle", lastSelfTestAtMs: null, chain: [{ id: "door", state: "closed" }] },
        },
      },
    },
  };
  const sent = reportBody(scannerAt(place).scannerId, { seq }, { sentAtMs: server.clock.wallMs, facts });
  const answer = await scannerAt(place).post("report", sent);
  expect(answer.status, JSON.stringify(answer.json)).toBe(200);
}

describe("numeric readings [EXP-9]", () => {
  test("each report leaves one row per numeric item and five minutes: lowest, highest and last", async () => {
    server.clock.pass(STEP - (server.clock.wallMs % STEP));
    const startMs = server.clock.wallMs;
    await report(0, { seq: 1, supply: 18 });
    server.clock.pass(MINUTE);
    await report(0, { seq: 2, supply: 21.5 });
    server.clock.pass(MINUTE);
    await report(0, { seq: 3, supply: 17 });
    server.clock.pass(STEP);
    await report(0, { seq: 4, supply: 19 });
    const itemIds = ["cooling.supply", "unit.app"];
    const toMs = server.clock.wallMs;
    const series = await engineer().scanner.series({ scannerId: idOf(0), itemIds, fromMs: startMs, toMs });
    expect(series).toMatchObject({
      stepMs: STEP,
      items: [
        {
          itemId: "cooling.supply",
          points: [
            { atMs: startMs, min: 17, max: 21.5, last: 17 },
            { atMs: startMs + STEP, min: 19, max: 19, last: 19 },
          ],
        },
        { itemId: "unit.app", points: [] },
      ],
    });
    const year = await engineer().scanner.series({
      scannerId: idOf(0),
      itemIds,
      fromMs: toMs - 90 * 24 * 60 * MINUTE,
      toMs,
    });
    expect(year.items[0]?.points).toHaveLength(1);
    expect(year.items[0]?.points[0]).toMatchObject({ min: 17, max: 21.5, last: 19 });
  });

  test("a report without the number leaves no row, and old rows go", async () => {
    const rows = async () =>
      (await server.sql<{ n: number }>(`select count(*)::int n from "NumericSeries"`))[0]?.n ?? -1;
    const before = await rows();
    server.clock.pass(STEP);
    await report(0, { seq: 5, supply: null });
    expect(await rows()).toBe(before);
    await dropOldReadings(server.database, server.clock.wallMs);
    expect(await rows()).toBe(before);
    await dropOldReadings(server.database, server.clock.wallMs + 91 * 24 * 60 * MINUTE);
    expect(await rows()).toBe(0);
  });
});

describe("siblings [EXP-3]", () => {
  test("are of the same model on the same system, and those with the same finding are named", async () => {
    await report(0, { seq: 10, toplevel: OLD });
    await report(0, { seq: 11, active: "failed" });
    await report(1, { seq: 1, active: "failed" });
    await report(2, { seq: 1, toplevel: OLD });
    await report(3, { seq: 1, active: "failed" });
    const alone = await engineer().scanner.siblings({ scannerId: idOf(0) });
    expect(alone).toMatchObject({ model: "FM-25", releaseName: "2026.10.2", total: 1, alikeTotal: 1 });
    expect(alone.alike).toMatchObject([{ scannerId: idOf(1), shared: ["unit.app"] }]);
    expect(alone.items).toEqual([{ itemId: "unit.app", alike: 1 }]);
    expect(alone.before).toEqual({ releaseName: "2026.09.4", total: 1, alike: 0 });
    const rows = await engineer().scanner.items({ scannerId: idOf(0) });
    expect(rows[0]).toMatchObject({
      item: { id: "unit.app" },
      block: "services",
      siblingsAlike: { alike: 1, of: 1 },
    });
    expect((await engineer().scanner.get({ scannerId: idOf(0) })).siblings).toBe(1);
  });

  test("when none shares a finding one is still offered to compare with", async () => {
    await report(2, { seq: 2 });
    const lone = await engineer().scanner.siblings({ scannerId: idOf(2) });
    expect(lone).toMatchObject({ total: 2, alikeTotal: 0, alike: [] });
    expect(lone.example).not.toBeNull();
  });
});

describe("the block diagram [TRI-7]", () => {
  const diagramOf = async (place: number) => {
    const diagram = await engineer().scanner.diagram({ scannerId: idOf(place) });
    return { diagram, status: Object.fromEntries(diagram.blocks.map((one) => [one.block, one.status])) };
  };

  test("shows where the trouble is, by the names of the manifest", async () => {
    await report(1, { seq: 2, supply: 25, safety: "silent" });
    const { diagram, status } = await diagramOf(1);
    expect(status).toEqual({
      ...{ ui: "not-expected", services: "nominal", drivers: "not-expected" },
      ...{ safety: "unsafe", cooling: "failed" },
    });
    expect(diagram).toMatchObject({ knowledge: "now", releaseName: "2026.10.2", chain: { heard: "past" } });
    expect(diagram.blocks.find(({ block }) => block === "cooling")?.links).toMatchObject([
      { kind: "network", state: "ok" },
    ]);
  });

  test("of a silent scanner nothing is called nominal, and an unsafe block stays unsafe [SEE-14]", async () => {
    for (let ticks = 0; ticks < 20; ticks += 1) {
      server.clock.pass(10_000);
      await server.ingest.tick();
    }
    const { diagram, status } = await diagramOf(1);
    expect(diagram.knowledge).toBe("past");
    expect(status).toMatchObject({ services: "unknown", safety: "unsafe" });
  });

  test("of a scanner that never reported everything is unknown", async () => {
    const silent = await server.addScanner("approved", "f".repeat(64));
    const diagram = await engineer().scanner.diagram({ scannerId: silent.scannerId as never });
    expect(diagram).toMatchObject({ knowledge: "never", releaseName: null });
    expect(new Set(diagram.blocks.map(({ status }) => status))).toEqual(new Set(["unknown"]));
  });
});
