import { v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reconclude, reconcludeAll } from "#server/report/reconclude.ts";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { closuresFact, reportBody, unit, unitsFact } from "#tests/integration/report-body.ts";

const TOPLEVEL = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-scanner-24.05";

let server: IngestServer;
beforeAll(async () => {
  server = await startIngestServer();
});
afterAll(async () => {
  await server.close();
});

/** A pin that expects the unit in this state; without a toplevel, so that nothing but the pin speaks for a scanner. */
async function release(active: string): Promise<string> {
  const id = v7();
  const item = { id: "unit:app.service", kind: "unit", args: { name: "app.service" }, class: "function" };
  const manifest = {
    schema: "fiducial.expected/1",
    toplevel: null,
    closureDigest: null,
    items: [{ ...item, expect: { op: "eq", want: active } }],
  };
  await server.sql(
    `insert into "Release" (id, "organisationId", origin, name, toplevel, manifest, "createdBy") values ($1, $2, 'signed', $3, null, $4, 'test')`,
    [id, server.scope.organisationId, active, manifest],
  );
  return id;
}

async function reported(active: string): Promise<string> {
  const scanner = await server.addScanner();
  const facts = { closures: closuresFact(TOPLEVEL), units: unitsFact(unit("app.service", active)) };
  const body = reportBody(scanner.scannerId, { seq: 1 }, { sentAtMs: server.clock.wallMs, facts });
  expect((await scanner.post("report", body)).status).toBe(200);
  return scanner.scannerId;
}

const pin = (ids: readonly string[], releaseId: string) =>
  server.sql(`update "Scanner" set "pinnedReleaseId" = $2 where id = any($1::uuid[])`, [ids, releaseId]);

/** What is believed of a scanner and what its history says, without what names the scanner or the row. */
async function kept(scannerId: string) {
  const [state] = await server.sql(
    `select to_jsonb(st) - '{scannerId,facts,receivedAt,observedAt,bootId}'::text[] as row from "ScannerState" st where "scannerId" = $1`,
    [scannerId],
  );
  const history = await server.sql(
    `select 'finding' as what, "openedAt", "closedAt", signature as said from "FindingInterval" where "scannerId" = $1
     union all select 'headline', "openedAt", "closedAt", headline from "HeadlineInterval" where "scannerId" = $1 order by 1, 2, 4`,
    [scannerId],
  );
  return { state, history };
}

const at = (afterMs: number) => ({ nowMs: server.clock.wallMs + afterMs, observingSinceMs: 0 });
const all = <T>(work: Parameters<typeof server.database.withScope<T>>[1]) =>
  server.database.withScope({ all: true }, work);

describe("what is expected changed, and not the facts [EXP-3, EXP-4]", () => {
  test("many scanners are compared again as one is, each with its own facts and its own pin", async () => {
    const [running, failed] = [await release("active"), await release("failed")];
    const together = [await reported("active"), await reported("failed"), await reported("active")];
    const alone = [await reported("active"), await reported("failed"), await reported("active")];
    const moves = [
      { atMs: 1_000, pins: [running, running, failed] },
      { atMs: 2_000, pins: [failed, running, running] },
    ];
    for (const { atMs, pins } of moves) {
      for (const [place, releaseId] of pins.entries())
        await pin([together[place] ?? "", alone[place] ?? ""], releaseId);
      for (const id of alone) await all((tx) => reconclude(tx, id, at(atMs)));
      const judged = await all((tx) => reconcludeAll(tx, [...together].reverse(), at(atMs)));
      expect([...judged.keys()].sort()).toEqual([...together].sort());
      for (const [place, id] of together.entries())
        expect(await kept(id)).toEqual(await kept(alone[place] ?? ""));
    }
    const words = await Promise.all(together.map(async (id) => (await kept(id)).history));
    expect(
      words.map((rows) =>
        rows.filter(({ what }) => what === "finding").map(({ closedAt }) => closedAt === null),
      ),
    )
      // The first lost its match, the second never had one, the third found it.
      .toEqual([[true], [true], [false]]);
  });

  test("who never reported, and who is not in scope, is left out and nothing of it is written", async () => {
    const silent = (await server.addScanner()).scannerId;
    const heard = await reported("active");
    await pin([heard], await release("failed"));
    const before = await kept(heard);
    const foreign = await server.database.withScope({ siteIds: [v7() as never] }, (tx) =>
      reconcludeAll(tx, [silent, heard], at(3_000)),
    );
    expect(foreign.size).toBe(0);
    expect(await kept(heard)).toEqual(before);
    const judged = await all((tx) => reconcludeAll(tx, [silent, heard], at(3_000)));
    expect([...judged.keys()]).toEqual([heard]);
  });
});
