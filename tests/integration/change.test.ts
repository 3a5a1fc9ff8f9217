import { v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { closuresFact, reportBody, unit, unitsFact } from "#tests/integration/report-body.ts";
import type { ScannerClient } from "#tests/integration/scanner-client.ts";

const RUNNING = "/nix/store/4123456789abcdfghijklmnpqrsvwxyz-nixos-system-scanner-26.05";
const PINNED = "/nix/store/5123456789abcdfghijklmnpqrsvwxyz-nixos-system-scanner-26.11";

let server: IngestServer;
beforeAll(async () => {
  server = await startIngestServer();
  for (const toplevel of [RUNNING, PINNED]) await release(toplevel);
});
afterAll(async () => {
  await server.close();
});

async function release(toplevel: string): Promise<void> {
  const item = {
    id: "unit.app",
    kind: "unit",
    args: { name: "app.service" },
    expect: { op: "eq", want: "active" },
    class: "config",
  };
  const manifest = { schema: "fiducial.expected/1", toplevel, closureDigest: null, items: [item] };
  await server.sql(
    `insert into "Release" (id, "organisationId", origin, name, toplevel, manifest, "createdBy")
     values ($1, $2, 'signed', $3, $3, $4, 'test')`,
    [v7(), server.scope.organisationId, toplevel, JSON.stringify(manifest)],
  );
}

async function pinnedScanner(toplevel: string): Promise<ScannerClient> {
  const scanner = await server.addScanner();
  await server.sql(
    `update "Scanner" set "pinnedReleaseId" = (select id from "Release" where toplevel = $2) where id = $1`,
    [scanner.scannerId, toplevel],
  );
  return scanner;
}

let seq = 0;
async function tell(scanner: ScannerClient, change?: unknown) {
  const facts: Record<string, unknown> = {
    closures: closuresFact(RUNNING),
    units: unitsFact(unit("app.service", "active")),
  };
  if (change !== undefined) facts.change = change;
  seq += 1;
  const sent = reportBody(scanner.scannerId, { seq }, { sentAtMs: server.clock.wallMs, facts });
  expect((await scanner.post("report", sent)).status).toBe(200);
  expect(server.failures).toEqual([]);
  const [row] = await server.sql<State>(
    `select headline, "headlineVariant" variant, "headlineReason"->>'code' reason, "headlineChips" chips, change,
       "changeSince" since, "changeDetail" detail
     from "ScannerState" where "scannerId" = $1`,
    [scanner.scannerId],
  );
  if (row === undefined) throw new Error("no state");
  return row;
}
type State = {
  headline: string;
  variant: string | null;
  reason: string;
  chips: { code: string; params?: object }[];
  change: string;
  since: Date;
  detail: Record<string, unknown>;
};

const told = (value: Record<string, unknown>) => ({
  state: "observed",
  value: {
    ...{ state: "none", sinceMs: server.clock.wallMs, changeId: "c1", from: RUNNING, to: PINNED },
    ...{ reason: null, percent: null, budgetMs: null, energised: null },
    ...value,
  },
});

describe("what a scanner says of its change is believed as its word", () => {
  test("an activation that hangs is degraded, however young it calls itself [F16]", async () => {
    const scanner = await pinnedScanner(PINNED);
    const sinceMs = server.clock.wallMs;
    expect(await tell(scanner, told({ state: "activating" }))).toMatchObject({
      headline: "updating",
      change: "activating",
      detail: { changeId: "c1", to: PINNED },
    });
    for (const passMs of [120_000, 120_000, 61_000]) {
      server.clock.pass(passMs);
      if (passMs === 120_000) await tell(scanner, told({ state: "activating" }));
    }
    expect(await tell(scanner, told({ state: "activating" }))).toMatchObject({
      headline: "degraded",
      variant: "stalled",
      reason: "change-stalled",
      since: new Date(sinceMs),
    });
  });

  test("a generation that did not boot leaves it behind, rolled back [F17]", async () => {
    const scanner = await pinnedScanner(PINNED);
    expect(await tell(scanner, told({ state: "rolled-back", reason: "boot-failed" }))).toMatchObject({
      headline: "behind",
      reason: "behind-rolled-back",
      chips: expect.arrayContaining([{ code: "rolled-back", params: { why: "boot-failed" } }]),
    });
  });

  test("a full disk leaves it behind, blocked here [F18]", async () => {
    const scanner = await pinnedScanner(PINNED);
    expect(await tell(scanner, told({ state: "refused", reason: "disk-full" }))).toMatchObject({
      headline: "behind",
      reason: "behind-blocked",
    });
  });

  test("a refused signature changes no word and is said beside it; the next report can take it back [F20]", async () => {
    const scanner = await pinnedScanner(RUNNING);
    expect(await tell(scanner, told({ state: "refused", reason: "bad-signature" }))).toMatchObject({
      headline: "nominal",
      chips: expect.arrayContaining([{ code: "refused", params: { why: "bad-signature" } }]),
    });
    const { chips, change } = await tell(scanner, told({ state: "none" }));
    expect([change, chips.map(({ code }) => code)]).toEqual(["none", ["changes-off"]]);
  });

  test("a state word of a newer scanner is unknown, and so is a file it could not read [SEE-14]", async () => {
    const scanner = await pinnedScanner(RUNNING);
    for (const fact of [
      told({ state: "teleporting" }),
      { state: "unknown", reason: { code: "denied", params: { path: "/run/fiducial" } } },
    ]) {
      const { change, chips, headline } = await tell(scanner, fact);
      expect([change, headline]).toEqual(["unknown", "nominal"]);
      expect(chips).toContainEqual({ code: "change-unknown" });
    }
  });

  test("a report of yesterday's agent, which knows no changes, is judged as before", async () => {
    const scanner = await pinnedScanner(RUNNING);
    const { change, headline } = await tell(scanner);
    expect([change, headline]).toEqual(["unknown", "nominal"]);
    await server.sql(
      `update "ScannerState" set change = 'none', "changeSince" = null, "changeDetail" = null where "scannerId" = $1`,
      [scanner.scannerId],
    );
    expect((await tell(scanner, told({ state: "none" }))).headline).toBe("nominal");
  });
});
