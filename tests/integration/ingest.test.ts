import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { heartbeatBody, observedClock, reportBody } from "#tests/integration/report-body.ts";
import { answerHolds } from "#tests/integration/scanner-client.ts";

let server: IngestServer;
beforeAll(async () => {
  server = await startIngestServer();
});
afterAll(async () => {
  await server.close();
});

const count = async (table: string, scannerId: string) =>
  (
    await server.sql<{ n: number }>(`select count(*)::int n from "${table}" where "scannerId" = $1`, [
      scannerId,
    ])
  )[0]!.n;
const body = (scannerId: string, seq: number, rest = {}) =>
  reportBody(scannerId, { seq }, { sentAtMs: server.clock.wallMs, ...rest });
const headlineOf = async (scannerId: string) =>
  (
    await server.sql<{ headline: string; headlineReason: { code: string } }>(
      `select headline, "headlineReason" from "ScannerState" where "scannerId" = $1`,
      [scannerId],
    )
  )[0];

describe("a report", () => {
  test("is stored once however often it is sent, and every answer is the same [V-05]", async () => {
    const scanner = await server.addScanner();
    const sent = body(scanner.scannerId, 1);
    const answers = [];
    for (let time = 0; time < 3; time += 1) answers.push(await scanner.post("report", sent));
    expect(server.failures).toEqual([]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.map(({ json }) => ({ ...json, serverTimeMs: 0 }))).toEqual(
      Array(3).fill({ ...answers[0]!.json, serverTimeMs: 0 }),
    );
    expect(answers[0]!.json).toMatchObject({ seq: 1, needFull: false });
    expect(await count("Report", scanner.scannerId)).toBe(1);
    expect(await count("FactInterval", scanner.scannerId)).toBe(1);
  });

  test("sent many times at once is stored once [V-05]", async () => {
    const scanner = await server.addScanner();
    const sent = body(scanner.scannerId, 1);
    const answers = await Promise.all(Array.from({ length: 12 }, () => scanner.post("report", sent)));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(await count("Report", scanner.scannerId)).toBe(1);
  });

  test("is answered with the server's signature, and so is a refusal [M-01, M-04]", async () => {
    const scanner = await server.addScanner();
    const sent = Buffer.from(JSON.stringify(body(scanner.scannerId, 1)));
    const signature = scanner.signature("application/vnd.fiducial.report.v1+json", sent);
    const taken = await scanner.post("report", sent);
    expect(answerHolds(server.serverKey, signature, taken)).toBe(true);
    expect(answerHolds(server.serverKey, `x${signature.slice(1)}`, taken)).toBe(false);
    const refused = await scanner.post("report", sent, { "fiducial-sig": undefined });
    expect(refused.status).toBe(400);
    expect(answerHolds(server.serverKey, "", refused)).toBe(true);
  });

  test("from a scanner that nobody approved is refused, with when to ask again [ADM-4]", async () => {
    for (const [identity, code] of [
      ["pending", "awaiting-approval"],
      ["refused", "refused-by-admin"],
      ["locked-out", "locked-out"],
      ["retired", "retired"],
    ] as const) {
      const scanner = await server.addScanner(identity);
      const answer = await scanner.post("report", body(scanner.scannerId, 1));
      expect(answer.json.refused).toBe(code);
      expect(answer.status).toBe(403);
      if (identity === "pending") expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
      expect(await count("Report", scanner.scannerId)).toBe(0);
    }
  });

  test("of a scanner whose clock is off by more than five minutes is stored, and its headline is unknown [V-08, F19]", async () => {
    const scanner = await server.addScanner();
    for (const [seq, off] of [
      [1, 10 * 365 * 86_400_000],
      [2, -10 * 365 * 86_400_000],
    ] as const) {
      const sent = body(scanner.scannerId, seq, { sentAtMs: server.clock.wallMs + off });
      expect((await scanner.post("report", sent)).status).toBe(200);
      expect(await headlineOf(scanner.scannerId)).toMatchObject({
        headline: "unknown",
        headlineReason: { code: "clock-skew" },
      });
    }
    const [row] = await server.sql<{ receivedAt: Date; observedAt: Date }>(
      `select "receivedAt", "observedAt" from "ScannerState" where "scannerId" = $1`,
      [scanner.scannerId],
    );
    expect(row!.receivedAt.getTime()).toBe(server.clock.wallMs);
    expect(Math.abs(row!.observedAt.getTime() - server.clock.wallMs)).toBeLessThan(1000);
  });

  test("that waited in the outbox is no clock that is off, once this boot was heard live [V-08]", async () => {
    const scanner = await server.addScanner();
    await scanner.post("heartbeat", heartbeatBody(scanner.scannerId, 1, { sentAtMs: server.clock.wallMs }));
    const sent = body(scanner.scannerId, 1, { sentAtMs: server.clock.wallMs - 3_600_000 });
    expect((await scanner.post("report", sent)).status).toBe(200);
    expect((await headlineOf(scanner.scannerId))!.headlineReason.code).toBe("no-baseline");
  });

  test("names a kind newer than this server: kept as it came, and not asked for again and again [V-17]", async () => {
    const scanner = await server.addScanner();
    const facts = { clock: observedClock(true), "x.future": { a: 1 } };
    await scanner.post("report", body(scanner.scannerId, 1, { facts }));
    const [row] = await server.sql<{ opaque: unknown }>(
      `select opaque from "ScannerState" where "scannerId" = $1`,
      [scanner.scannerId],
    );
    expect(row!.opaque).toEqual({ "x.future": { a: 1 } });
    const beat = (n: number) => heartbeatBody(scanner.scannerId, n, { factsDigest: "f".repeat(64) });
    expect((await scanner.post("heartbeat", beat(1))).json.needFull).toBe(true);
    await scanner.post("report", body(scanner.scannerId, 2, { facts }));
    expect((await scanner.post("heartbeat", beat(2))).json.needFull).toBe(false);
  });
});

describe("an identity", () => {
  test("used by two machines is locked out within two reports, and nothing of the second is stored [K-07]", async () => {
    const scanner = await server.addScanner();
    await scanner.post("report", body(scanner.scannerId, 1));
    const clone = { ...body(scanner.scannerId, 2), bootId: "11111111-2222-4333-8444-555555555555" };
    const answer = await scanner.post("report", clone);
    expect(answer.json).toMatchObject({ refused: "locked-out" });
    expect(await count("Report", scanner.scannerId)).toBe(1);
    expect(await count("IdentityEvent", scanner.scannerId)).toBe(1);
    expect((await scanner.post("report", body(scanner.scannerId, 3))).json.refused).toBe("locked-out");
    expect(await headlineOf(scanner.scannerId)).toMatchObject({
      headline: "unknown",
      headlineReason: { code: "identity-locked-out" },
    });
    const audit = await server.sql(
      `select 1 from audit.event where action = 'scanner.locked-out' and actor = $1`,
      [scanner.scannerId],
    );
    expect(audit).toHaveLength(1);
  });

  test("copied with its counters is found by the second report under one number [K-07]", async () => {
    const scanner = await server.addScanner();
    await scanner.post("report", body(scanner.scannerId, 1));
    const other = body(scanner.scannerId, 1, { facts: { clock: observedClock(false) } });
    expect((await scanner.post("report", other)).json.refused).toBe("locked-out");
  });

  test("copied and started again is found when the first machine goes on [K-07]", async () => {
    const scanner = await server.addScanner();
    await scanner.post("report", body(scanner.scannerId, 1));
    const clone = {
      ...body(scanner.scannerId, 2),
      bootCounter: 2,
      bootId: "11111111-2222-4333-8444-555555555555",
    };
    expect((await scanner.post("report", clone)).status).toBe(200);
    const original = body(scanner.scannerId, 2, { sentAtMs: server.clock.wallMs + 15_000 });
    expect((await scanner.post("report", original)).json.refused).toBe("locked-out");
  });

  test("on other hardware than it was enrolled on is locked out with its first report [F27]", async () => {
    const scanner = await server.addScanner("approved", "b".repeat(64));
    const host = {
      state: "observed",
      value: {
        hostname: "h",
        os: "other",
        osName: "Debian",
        osVersion: "12",
        architecture: "x86_64",
        hardwareFingerprint: "c".repeat(64),
        virtualisation: null,
        bootedAtMs: null,
      },
    };
    const answer = await scanner.post("report", body(scanner.scannerId, 1, { facts: { host } }));
    expect(answer.json.refused).toBe("locked-out");
    expect(await count("Report", scanner.scannerId)).toBe(0);
  });

  test("cannot report with another scanner's key, nor after its key was revoked [V-07]", async () => {
    const scanner = await server.addScanner();
    const other = await server.addScanner();
    expect((await scanner.post("report", body(other.scannerId, 1))).json.refused).toBe("not-your-scanner");
    const first = body(scanner.scannerId, 1);
    expect((await scanner.post("report", first)).status).toBe(200);
    await server.sql(`update "ScannerKey" set "revokedAt" = $2 where id = $1`, [
      scanner.keyId,
      new Date(server.clock.wallMs),
    ]);
    await server.ingest.tick();
    expect((await scanner.post("report", first)).json.refused).toBe("unknown-key");
  });

  test("is believed within a round of its approval [ADM-4]", async () => {
    const scanner = await server.addScanner("pending");
    expect((await scanner.post("report", body(scanner.scannerId, 1))).json.refused).toBe("awaiting-approval");
    await server.sql(`update "Scanner" set identity = 'approved', "approvedAt" = $2 where id = $1`, [
      scanner.scannerId,
      new Date(server.clock.wallMs),
    ]);
    await server.ingest.tick();
    expect((await scanner.post("report", body(scanner.scannerId, 1))).status).toBe(200);
  });
});

describe("a heartbeat", () => {
  test("is written with the next batch, and a replayed one is refused [V-07]", async () => {
    const scanner = await server.addScanner();
    await scanner.post("report", body(scanner.scannerId, 1));
    const beat = heartbeatBody(scanner.scannerId, 5, { sentAtMs: server.clock.wallMs });
    expect((await scanner.post("heartbeat", beat)).status).toBe(200);
    expect((await scanner.post("heartbeat", beat)).json.refused).toBe("replayed-conflict");
    expect((await scanner.post("heartbeat", { ...beat, beat: 4 })).json.refused).toBe("replayed-conflict");
    await server.ingest.tick();
    const [row] = await server.sql<{ beat: number; lastSeenAt: Date }>(
      `select beat, "lastSeenAt" from "ScannerLink" where "scannerId" = $1`,
      [scanner.scannerId],
    );
    expect(row).toMatchObject({ beat: 5 });
    expect(row!.lastSeenAt.getTime()).toBe(server.clock.wallMs);
    await server.restart();
    expect((await scanner.post("heartbeat", beat)).json.refused).toBe("replayed-conflict");
  });

  test("that names facts nobody could store is no sign that all is as it was: Unknown after a minute, until a report is taken [SEE-14]", async () => {
    const scanner = await server.addScanner();
    await scanner.post("report", body(scanner.scannerId, 1));
    let n = 0;
    const beats = async (factsDigest: string) => {
      for (let turn = 0; turn < 5; turn += 1) {
        n += 1;
        const sent = heartbeatBody(scanner.scannerId, n, { factsDigest, sentAtMs: server.clock.wallMs });
        expect((await scanner.post("heartbeat", sent)).status).toBe(200);
        server.clock.pass(15_100);
      }
      n += 1;
      const last = heartbeatBody(scanner.scannerId, n, { factsDigest, sentAtMs: server.clock.wallMs });
      await scanner.post("heartbeat", last);
      await server.ingest.tick();
    };
    const unread = { headline: "unknown", headlineReason: { code: "facts-not-received" } };
    await beats("f".repeat(64));
    const broken = { ...body(scanner.scannerId, 2), facts: { units: { state: "fine" } } };
    expect((await scanner.post("report", broken)).json.refused).toBe("wrong-schema");
    expect(await headlineOf(scanner.scannerId)).toMatchObject(unread);
    await server.restart();
    await server.ingest.tick();
    expect(await headlineOf(scanner.scannerId)).toMatchObject(unread);
    await scanner.post("report", body(scanner.scannerId, 3));
    expect((await headlineOf(scanner.scannerId))?.headlineReason.code).toBe("no-baseline");

    await beats("e".repeat(64));
    expect(await headlineOf(scanner.scannerId)).toMatchObject(unread);
    const [row] = await server.sql<{ factsDigest: string }>(
      `select "factsDigest" from "ScannerState" where "scannerId" = $1`,
      [scanner.scannerId],
    );
    await beats(row!.factsDigest);
    expect((await headlineOf(scanner.scannerId))?.headlineReason.code).toBe("no-baseline");
  });

  test("from a boot before the newest report says nothing of now [V-07]", async () => {
    const scanner = await server.addScanner();
    const boot = { bootCounter: 2, bootId: "11111111-2222-4333-8444-555555555555" };
    await scanner.post("report", { ...body(scanner.scannerId, 1), ...boot });
    const answer = await scanner.post("heartbeat", heartbeatBody(scanner.scannerId, 1));
    expect(answer.json.refused).toBe("replayed-conflict");
  });
});

describe("a closure's path list [SEE-2]", () => {
  const top = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-a";
  const library = "/nix/store/1123456789abcdfghijklmnpqrsvwxyz-zlib-1.3.1";
  const paths = [
    { path: top, narHash: "a".repeat(64), narSize: 10, references: [1] },
    { path: library, narHash: "b".repeat(64), narSize: 20, references: [] },
  ];
  const lines = paths.map(({ path, narHash }) => `${path} ${narHash}\n`).join("");
  const digest = createHash("sha256").update(`fiducial.closure.v1\n${lines}`).digest("hex");
  const claim = {
    toplevel: top,
    narHash: "a".repeat(64),
    digest,
    pathCount: 2,
    narSize: 30,
    computedAtMs: 1,
  };
  const facts = { closureDigests: { state: "observed", value: [claim] } };

  test("is asked for until somebody has sent it, stored once, and never asked of a second scanner", async () => {
    const first = await server.addScanner();
    const second = await server.addScanner();
    expect((await first.post("report", body(first.scannerId, 1, { facts }))).json.needClosure).toEqual([
      digest,
    ]);
    const upload = { protocol: 1, scannerId: first.scannerId, toplevel: top, digest, paths };
    const answers = await Promise.all([first.post("closure", upload), first.post("closure", upload)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(server.failures).toEqual([]);
    const rows = await server.sql(
      `select position, name, version, "references" from "ClosurePath" order by position`,
    );
    expect(rows).toEqual([
      { position: 0, name: "nixos-system-a", version: "", references: [1] },
      { position: 1, name: "zlib", version: "1.3.1", references: [] },
    ]);
    expect((await second.post("report", body(second.scannerId, 1, { facts }))).json.needClosure).toEqual([]);
  });
});

describe("a witness", () => {
  test("that agrees is remembered, one that disagrees is written down and the report still stored [A-07]", async () => {
    const scanner = await server.addScanner();
    const first = await scanner.post("report", body(scanner.scannerId, 1));
    const head = first.json.auditHead as { chain: string; seq: number; hash: string };
    expect((await scanner.post("report", body(scanner.scannerId, 2, { witness: head }))).status).toBe(200);
    expect(await count("IdentityEvent", scanner.scannerId)).toBe(0);
    const forged = { ...head, seq: head.seq + 100, hash: "d".repeat(64) };
    expect((await scanner.post("report", body(scanner.scannerId, 3, { witness: forged }))).status).toBe(200);
    expect((await scanner.post("report", body(scanner.scannerId, 4, { witness: forged }))).status).toBe(200);
    const events = await server.sql<{ code: string }>(
      `select code from "IdentityEvent" where "scannerId" = $1`,
      [scanner.scannerId],
    );
    expect(events).toEqual([{ code: "witness-disagrees" }]);
  });
});
