import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { heartbeatBody, observedClock, reportBody } from "#tests/integration/report-body.ts";

let server: IngestServer;
beforeAll(async () => {
  server = await startIngestServer();
});
afterAll(async () => {
  await server.close();
});

type IntervalRow = { value: unknown; openedAt: Date; closedAt: Date | null; openedSeq: number };
const intervals = (scannerId: string) =>
  server.sql<IntervalRow>(
    `select value, "openedAt", "closedAt", "openedSeq" from "FactInterval" where "scannerId" = $1 and kind = 'clock' order by "openedAt"`,
    [scannerId],
  );

/** A shuffle that depends on nothing but its seed, so that a failure can be repeated. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = (index: number) => Math.abs(Math.sin(seed * 1000 + index) * 10_000) % 1;
  return list
    .map((one, index) => ({ one, key: random(index) }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);
}

describe("reports out of order", () => {
  test("in shuffled windows of 50: the newest is current, history keeps all of them [V-06, EXP-6]", async () => {
    const scanner = await server.addScanner();
    const start = server.clock.wallMs - 100_000;
    const sent = Array.from({ length: 100 }, (_, index) => {
      const seq = index + 1;
      const clock = observedClock(Math.floor(index / 7) % 2 === 0);
      return reportBody(scanner.scannerId, { seq }, { sentAtMs: start + index * 1000, facts: { clock } });
    });
    // The first message shows the skew: 0; from then on what comes late is late, and not a wrong clock.
    await scanner.post("heartbeat", heartbeatBody(scanner.scannerId, 1, { sentAtMs: server.clock.wallMs }));
    const order = [...shuffled(sent.slice(0, 50), 1), ...shuffled(sent.slice(50), 2)];
    for (const one of order) expect((await scanner.post("report", one)).status).toBe(200);

    const [state] = await server.sql<{ seq: number }>(
      `select seq from "ScannerState" where "scannerId" = $1`,
      [scanner.scannerId],
    );
    expect(state).toEqual({ seq: 100 });
    const raw = await server.sql<{ n: number }>(
      `select count(*)::int n from "Report" where "scannerId" = $1`,
      [scanner.scannerId],
    );
    expect(raw[0]).toEqual({ n: 100 });
    const rows = await intervals(scanner.scannerId);
    expect(
      rows.map(({ openedAt, closedAt }) => [
        openedAt.getTime() - start,
        closedAt === null ? null : closedAt.getTime() - start,
      ]),
    ).toEqual(Array.from({ length: 15 }, (_, run) => [run * 7000, run === 14 ? null : (run + 1) * 7000]));
    expect(
      rows.map(({ value }) => (value as { observed: { synchronised: boolean } }).observed.synchronised),
    ).toEqual(Array.from({ length: 15 }, (_, run) => run % 2 === 0));
  });

  test("replayed afterwards change nothing, and do not pass for a sign of life [V-07]", async () => {
    const scanner = await server.addScanner();
    const sent = [1, 2, 3].map((seq) =>
      reportBody(scanner.scannerId, { seq }, { sentAtMs: server.clock.wallMs + seq }),
    );
    for (const one of sent) await scanner.post("report", one);
    await server.ingest.tick();
    const before = await intervals(scanner.scannerId);
    const [link] = await server.sql(`select "lastSeenAt" from "ScannerLink" where "scannerId" = $1`, [
      scanner.scannerId,
    ]);
    server.clock.pass(60_000);
    for (const one of sent) expect((await scanner.post("report", one)).status).toBe(200);
    await server.ingest.tick();
    expect(await intervals(scanner.scannerId)).toEqual(before);
    expect(
      (
        await server.sql(`select "lastSeenAt" from "ScannerLink" where "scannerId" = $1`, [scanner.scannerId])
      )[0],
    ).toEqual(link);
  });

  test("older than the reports that are kept cannot be told from a replay, and are refused [V-07]", async () => {
    const scanner = await server.addScanner();
    const sentAtMs = server.clock.wallMs;
    await scanner.post("report", reportBody(scanner.scannerId, { seq: 5 }, { sentAtMs }));
    const old = reportBody(scanner.scannerId, { seq: 2 }, { sentAtMs: sentAtMs - 31 * 86_400_000 });
    const answer = await scanner.post("report", old);
    expect(answer.json.refused).toBe("replayed-conflict");
    const [scannerRow] = await server.sql<{ identity: string }>(
      `select identity from "Scanner" where id = $1`,
      [scanner.scannerId],
    );
    expect(scannerRow).toEqual({ identity: "approved" });
  });
});
