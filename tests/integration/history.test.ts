import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { heartbeatBody, reportBody, unit, unitsFact } from "#tests/integration/report-body.ts";
import type { ScannerClient } from "#tests/integration/scanner-client.ts";

let server: IngestServer;
beforeAll(async () => {
  server = await startIngestServer();
});
afterAll(async () => {
  await server.close();
});

const headline = async (scannerId: string) =>
  (
    await server.sql<{ headline: string }>(`select headline from "ScannerState" where "scannerId" = $1`, [
      scannerId,
    ])
  )[0]?.headline;
const headlines = (scannerId: string) =>
  server.sql<{ headline: string; openedAt: Date; closedAt: Date | null }>(
    `select headline, "openedAt", "closedAt" from "HeadlineInterval" where "scannerId" = $1 order by "openedAt"`,
    [scannerId],
  );
let beats = 0;
const beat = (scanner: ScannerClient) => {
  beats += 1;
  return scanner.post(
    "heartbeat",
    heartbeatBody(scanner.scannerId, beats, { sentAtMs: server.clock.wallMs }),
  );
};
const report = (scanner: ScannerClient, seq: number) =>
  scanner.post("report", reportBody(scanner.scannerId, { seq }, { sentAtMs: server.clock.wallMs }));
const pass = async (ms: number) => {
  server.clock.pass(ms);
  await server.ingest.tick();
};
/** The server listens all the while: its rounds come every few seconds. */
const passListening = async (ms: number) => {
  for (let left = ms; left > 0; left -= 5_000) await pass(Math.min(5_000, left));
};

/** From offline: one message is not enough, the second is (F28). */
async function returns(scanner: ScannerClient): Promise<void> {
  await beat(scanner);
  await pass(1_000);
  expect(await headline(scanner.scannerId)).toBe("offline");
  await beat(scanner);
  await pass(1_000);
  expect(await headline(scanner.scannerId)).toBe("unknown");
}

describe("silence", () => {
  test("turns a scanner offline by itself after 180 s, and two messages bring it back [F28]", async () => {
    const scanner = await server.addScanner();
    await report(scanner, 1);
    expect(await headline(scanner.scannerId)).toBe("unknown");
    await passListening(175_000);
    expect(await headline(scanner.scannerId)).toBe("unknown");
    server.nudged.length = 0;
    await passListening(15_000);
    expect(await headline(scanner.scannerId)).toBe("offline");
    expect(server.nudged).toContain(scanner.scannerId);
    await returns(scanner);
    const rows = await headlines(scanner.scannerId);
    expect(rows.map((row) => row.headline)).toEqual(["unknown", "offline", "unknown"]);
    expect(rows[0]!.closedAt).toEqual(rows[1]!.openedAt);
    expect(rows[1]!.closedAt).toEqual(rows[2]!.openedAt);
    expect(rows[2]!.closedAt).toBeNull();
  });

  test("of the server makes nobody offline: after an outage it counts from when the server listens again [V-02]", async () => {
    const scanner = await server.addScanner();
    await report(scanner, 1);
    await pass(1_000);
    server.clock.pass(3_600_000);
    await server.restart();
    await pass(1_000);
    expect(await headline(scanner.scannerId)).toBe("unknown");
    await passListening(200_000);
    expect(await headline(scanner.scannerId)).toBe("offline");
  });

  test.each([
    ["a restart", () => server.restart()],
    ["a pause", async () => undefined],
  ])(
    "that made a scanner offline outlives %s of the server: nobody is back who was not heard again [V-02, SEE-14]",
    async (_what, away) => {
      const scanner = await server.addScanner();
      await report(scanner, 1);
      await passListening(200_000);
      expect(await headline(scanner.scannerId)).toBe("offline");
      const before = await headlines(scanner.scannerId);
      server.clock.pass(3_600_000);
      await away();
      await pass(1_000);
      expect(await headline(scanner.scannerId)).toBe("offline");
      expect(await headlines(scanner.scannerId), "its since is that of its silence").toEqual(before);
      await returns(scanner);
    },
  );

  test("is not grown or shrunk when the server's own clock is set by an hour [V-09]", async () => {
    const live = await server.addScanner();
    const silent = await server.addScanner();
    await report(silent, 1);
    await passListening(190_000);
    await report(live, 1);
    await pass(1_000);
    expect([await headline(live.scannerId), await headline(silent.scannerId)]).toEqual([
      "unknown",
      "offline",
    ]);
    for (const step of [3_600_000, -3_600_000, -3_600_000]) {
      server.clock.wallMs += step;
      await pass(1_000);
      await pass(1_000);
      expect([await headline(live.scannerId), await headline(silent.scannerId)]).toEqual([
        "unknown",
        "offline",
      ]);
    }
    await passListening(190_000);
    expect(await headline(live.scannerId)).toBe("offline");
    server.clock.wallMs += 3_600_000;
    await pass(1_000);
  });
});

describe("the database away", () => {
  test("a report is answered 503 with when to come back, and is stored once it is there again [V-02]", async () => {
    const scanner = await server.addScanner();
    await report(scanner, 1);
    await server.sql(`alter table "Report" rename to "ReportAway"`);
    const away = await report(scanner, 2);
    expect(away.status).toBe(503);
    expect(away.json.refused).toBe("database-away");
    expect(Number(away.headers["retry-after"])).toBeGreaterThan(0);
    await server.sql(`alter table "ReportAway" rename to "Report"`);
    expect((await report(scanner, 2)).status).toBe(200);
    server.failures.length = 0;
  });
});

describe("facts", () => {
  test("are intervals: one per value, closed where the next begins [EXP-6]", async () => {
    const scanner = await server.addScanner();
    const start = server.clock.wallMs;
    const states = ["active", "active", "failed", "active"];
    for (const [index, active] of states.entries()) {
      const facts = { units: unitsFact(unit("a.service", active)) };
      await scanner.post(
        "report",
        reportBody(scanner.scannerId, { seq: index + 1 }, { sentAtMs: server.clock.wallMs, facts }),
      );
      server.clock.pass(10_000);
    }
    const rows = await server.sql<{ openedAt: Date; closedAt: Date | null }>(
      `select "openedAt", "closedAt" from "FactInterval" where "scannerId" = $1 and kind = 'units' order by "openedAt"`,
      [scanner.scannerId],
    );
    const since = (at: Date | null) => (at === null ? null : at.getTime() - start);
    expect(rows.map(({ openedAt, closedAt }) => [since(openedAt), since(closedAt)])).toEqual([
      [0, 20_000],
      [20_000, 30_000],
      [30_000, null],
    ]);
  });
});
