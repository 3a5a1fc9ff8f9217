import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v4 } from "uuid";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { uploadResults } from "#cli/station/bundle-results.ts";
import { openServer, type ServerClient } from "#cli/station/server-client.ts";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { closuresFact, heartbeatBody, observedClock, reportBody } from "#tests/integration/report-body.ts";
import { payloadType, type ScannerClient } from "#tests/integration/scanner-client.ts";

/** `fiducial bundle results` against the server's own ingress: reports that somebody carried. */
const DAY_MS = 86_400_000;
let server: IngestServer;
let station: ServerClient;
let stick: string;
let scanner: ScannerClient;

beforeAll(async () => {
  server = await startIngestServer();
  station = openServer(`http://127.0.0.1:${server.port}`, null);
});
beforeEach(async () => {
  stick = mkdtempSync(join(tmpdir(), "fiducial-results-"));
  scanner = await server.addScanner();
});
afterAll(async () => {
  station.close();
  rmSync(stick, { recursive: true, force: true });
  await server.close();
});

/** A report made two days ago and later, in a boot of which the server heard nothing. */
const BOOT = { bootId: v4(), bootCounter: 2 };
const made = (seq: number, atMs: number) =>
  reportBody(
    scanner.scannerId,
    { seq, ...BOOT },
    {
      sentAtMs: atMs,
      facts: { clock: observedClock(true), closures: closuresFact(`/nix/store/${"a".repeat(32)}-r${seq}`) },
    },
  );

function onTheStick(bodies: readonly Record<string, unknown>[]): void {
  const reports = bodies.map((one) => {
    const body = Buffer.from(JSON.stringify(one));
    return {
      body: body.toString("base64"),
      signature: scanner.signature(payloadType("report"), body),
    };
  });
  mkdirSync(join(stick, "results"), { recursive: true });
  writeFileSync(
    join(stick, "results", `${scanner.scannerId}.json`),
    JSON.stringify({
      ...{ schema: "fiducial.results/1", scannerId: scanner.scannerId, keyId: scanner.keyId },
      ...{ writtenAtMs: server.clock.wallMs, reports },
    }),
  );
}

async function seen() {
  await server.ingest.tick();
  const [row] = await server.sql<{
    headline: string;
    lastSeenAt: Date | null;
    messagesSinceOffline: number;
    observedAt: Date;
    skewMs: number;
  }>(
    `select st.headline, l."lastSeenAt", l."messagesSinceOffline", st."observedAt", st."skewMs" from "ScannerState" st
     left join "ScannerLink" l on l."scannerId" = st."scannerId" where st."scannerId" = $1`,
    [scanner.scannerId],
  );
  return row;
}

const reports = () =>
  server.sql<{ seq: number; observedAt: Date }>(
    `select seq, "observedAt" from "Report" where "scannerId" = $1 order by seq`,
    [scanner.scannerId],
  );

const audited = async () =>
  (
    await server.sql<{ action: string; body: string }>(
      `select action, body::text from audit.event where actor = $1 order by seq`,
      [scanner.scannerId],
    )
  ).map(({ action, body }) => ({ action, body: JSON.parse(body) as Record<string, unknown> }));

test("land once, with the times they were made at, and the audit log says that they were carried [OFF-2, ADM-3]", async () => {
  const fromMs = server.clock.wallMs - 2 * DAY_MS;
  onTheStick([made(1, fromMs), made(2, fromMs + 60_000)]);
  expect(await uploadResults(station, stick)).toBe(0);
  expect(await uploadResults(station, stick)).toBe(0);
  expect(server.failures).toEqual([]);
  expect((await reports()).map(({ seq, observedAt }) => [seq, observedAt.getTime()])).toEqual([
    [1, fromMs],
    [2, fromMs + 60_000],
  ]);
  const told = await audited();
  expect(told.map(({ action }) => action)).toEqual(["report.carried", "report.carried"]);
  expect(told.map(({ body }) => [body.seq, body.madeAtMs])).toEqual([
    [1, fromMs],
    [2, fromMs + 60_000],
  ]);
  // The scanner itself sends the same reports once it is reached.
  expect((await scanner.post("report", made(2, fromMs + 60_000))).status).toBe(200);
  expect(await reports()).toHaveLength(2);
  expect(await audited()).toHaveLength(2);
});

test("make no scanner look heard: it stays offline since its own last word, and its clock is not called wrong [OFF-2, F19]", async () => {
  const lastMs = server.clock.wallMs;
  expect((await scanner.post("report", reportBody(scanner.scannerId, {}, { sentAtMs: lastMs }))).status).toBe(
    200,
  );
  expect(
    (await scanner.post("heartbeat", heartbeatBody(scanner.scannerId, 1, { sentAtMs: lastMs }))).status,
  ).toBe(200);
  server.clock.pass(3 * DAY_MS);
  const before = await seen();
  expect(before).toMatchObject({ lastSeenAt: new Date(lastMs) });
  onTheStick([made(1, lastMs + DAY_MS)]);
  expect(await uploadResults(station, stick)).toBe(0);
  expect(server.failures).toEqual([]);
  expect(await seen()).toEqual({
    ...before,
    observedAt: new Date(lastMs + DAY_MS),
    skewMs: 0,
  });
  // Its own next word is heard as ever.
  const nowMs = server.clock.wallMs;
  const own = reportBody(scanner.scannerId, { seq: 2, ...BOOT }, { sentAtMs: nowMs });
  expect((await scanner.post("report", own)).status).toBe(200);
  await server.restart();
  expect(await seen()).toMatchObject({ lastSeenAt: new Date(nowMs) });
});
