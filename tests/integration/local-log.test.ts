import { v4 } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalEntry } from "#core/local/log.ts";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { reportBody } from "#tests/integration/report-body.ts";
import type { ScannerClient } from "#tests/integration/scanner-client.ts";

let server: IngestServer;
beforeAll(async () => {
  server = await startIngestServer();
});
afterAll(async () => {
  await server.close();
});

/** Done an hour before the server heard of it. */
const HOUR_MS = 3_600_000;

function entry(seq: number, words: Partial<LocalEntry> = {}): LocalEntry {
  return {
    ...{ seq, atMs: server.clock.wallMs - HOUR_MS + seq, act: "hold", door: "page", result: "done" },
    ...{ changeId: null, to: null, text: "noise", ...words },
  };
}

async function tell(scanner: ScannerClient, seq: number, log: string, entries: LocalEntry[]): Promise<void> {
  const facts = { local: { state: "observed", value: { log, entries, hold: null } } };
  const sent = reportBody(scanner.scannerId, { seq }, { sentAtMs: server.clock.wallMs, facts });
  expect((await scanner.post("report", sent)).status).toBe(200);
  expect(server.failures).toEqual([]);
}

async function audited(scanner: ScannerClient) {
  const rows = await server.sql<{ action: string; body: string }>(
    `select action, body::text from audit.event where actor = $1 order by seq`,
    [scanner.scannerId],
  );
  return rows.map(({ action, body }) => ({ action, body: JSON.parse(body) as Record<string, unknown> }));
}

test("what was entered at the scanner is audited once, with its own time, as entered offline [LOC-1, OFF-2, ADM-3]", async () => {
  const scanner = await server.addScanner();
  const log = v4();
  const first = entry(1);
  await tell(scanner, 1, log, [first]);
  expect(await audited(scanner)).toEqual([
    {
      action: "local.hold",
      body: {
        ...{ scannerId: scanner.scannerId, entered: "offline", enteredAtMs: first.atMs, at: "page" },
        ...{ result: "done", number: 1, text: "noise" },
      },
    },
  ]);
  await tell(scanner, 2, log, [first, entry(2, { act: "rollback", to: "r1" })]);
  await tell(scanner, 3, log, [first, entry(2, { act: "rollback", to: "r1" })]);
  expect((await audited(scanner)).map(({ action }) => action)).toEqual(["local.hold", "local.rollback"]);
});

test("what was never told is counted, and a log begun anew is another log", async () => {
  const scanner = await server.addScanner();
  await tell(scanner, 1, v4(), [entry(4)]);
  await tell(scanner, 2, v4(), [entry(1, { act: "report" })]);
  const rows = await audited(scanner);
  expect(rows.map(({ action }) => action)).toEqual(["local.missed", "local.hold", "local.report"]);
  expect(rows[0]?.body).toMatchObject({ entries: 3 });
});
