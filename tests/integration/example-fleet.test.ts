import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import type { ScannerId, Scope } from "#core/identity/identity.ts";
import type { Report } from "#core/report/report.ts";
import { signReleases } from "#demo/ceremony/hold-ceremony.ts";
import { Systems } from "#demo/host/systems.ts";
import { type PlannedScanner, planFleet } from "#demo/plan/plan.ts";
import { scannerPublicKey } from "#demo/plan/scanner-key.ts";
import { createReader, type Reader } from "#demo/seed/collect-at.ts";
import { seededReleases } from "#demo/seed/known-releases.ts";
import { agentStartOf, type OtherStep, type ReportStep, stepsOf } from "#demo/seed/steps.ts";
import { writeFleet } from "#demo/seed/write-fleet.ts";
import type { KnownKey } from "#server/agent-api/known-keys.ts";
import { ed25519Key } from "#server/agent-api/known-keys.ts";
import { type Database, openDatabase } from "#server/database/connect.ts";
import { createLog } from "#server/log.ts";
import { factsDigest } from "#server/report/facts-digest.ts";
import { reconclude } from "#server/report/reconclude.ts";
import { startIngest } from "#server/ticker/start-ingest.ts";
import { type FreshDatabase, freshDatabase, withClient } from "#tests/integration/database.ts";
import { testKey } from "#tests/support/signed-repository.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

/** The seeded fleet against what the server itself writes when the same scanners send the same reports. */
const NOW = Date.parse("2026-11-22T16:00:00Z");
const plan = planFleet({ seed: "1", scanners: 90, nowMs: NOW });
const secret = new Uint8Array(32).fill(9);
const systems = new Systems(plan.releases);
const releases = seededReleases(plan);
const ONLINE = {
  snapshot: testKey().publicKey,
  timestamp: testKey().publicKey,
  director: testKey().publicKey,
};
const signed = signReleases(plan, { schema: "fiducial.online-keys/1", ...ONLINE }, NOW);
const SAMPLED = 20;

let seeded: FreshDatabase;
let replayed: FreshDatabase;
let database: Database;
let reader: Reader;
const quiet = createLog("error", () => undefined);

beforeAll(async () => {
  seeded = await freshDatabase();
  await writeFleet(seeded.ownerUrl, { plan, secret, signed, progress: () => undefined });
  replayed = await copyOf(seeded);
  // Raw reports of months long past have no partition any more.
  await owner(`create table report_partition.past partition of public."Report" default`);
  await owner(
    `truncate "FactInterval", "FindingInterval", "HeadlineInterval", "ScannerState", "ScannerLink", "NumericSeries", "ServerWatch"`,
  );
  await owner(`update "Scanner" set "pinnedReleaseId" = null, "service" = 'in-service'`);
  database = openDatabase(replayed.appUrl, quiet, 60_000);
  reader = createReader(systems);
});

afterAll(async () => {
  reader?.close();
  await database?.close();
  await seeded?.drop();
  await replayed?.drop();
});

/** A second database with the same scanners, releases and people. */
async function copyOf({ name, ownerUrl, appUrl }: FreshDatabase): Promise<FreshDatabase> {
  const { ownerUrl: adminUrl } = inject("postgres");
  const copy = `${name}_replayed`;
  await withClient(adminUrl, (client) => client.query(`create database ${copy} template ${name}`));
  const named = (url: string) => url.replace(name, copy);
  const drop = async () => {
    await withClient(adminUrl, (client) => client.query(`drop database if exists ${copy} with (force)`));
  };
  return { ownerUrl: named(ownerUrl), appUrl: named(appUrl), name: copy, drop };
}

async function owner<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
  return await withClient(replayed.ownerUrl, async (client) => (await client.query<T>(sql, values)).rows);
}

/** Some of every condition, Anni, and nominal ones up to the number. */
function sample(): PlannedScanner[] {
  const words = new Set(plan.scanners.map(({ condition }) => JSON.stringify(condition)));
  const ofEach = [...words].flatMap(
    (word) => plan.scanners.find(({ condition }) => JSON.stringify(condition) === word) ?? [],
  );
  const nominal = plan.scanners.filter(({ condition }) => condition.word === "nominal");
  const anni = plan.scanners.filter(({ serial }) => serial === "FM25-0137");
  return [...new Set([...anni, ...ofEach, ...nominal])].slice(0, SAMPLED);
}

class Replay {
  readonly #scanner: PlannedScanner;
  readonly #key: KnownKey;
  #nowMs: number;
  #ingest: Awaited<ReturnType<typeof startIngest>> | null = null;
  #heard: { step: ReportStep; digest: string; beat: number } | null = null;

  constructor(scanner: PlannedScanner, standingSinceMs: number) {
    this.#scanner = scanner;
    const { keyId, publicKey } = scannerPublicKey(secret, scanner.serial);
    const { organisationId } = plan.organisation;
    const scope = { organisationId, regionId: scanner.site.regionId, siteId: scanner.site.siteId } as Scope;
    this.#key = {
      keyId,
      scannerId: scanner.scannerId as ScannerId,
      scope,
      publicKey: ed25519Key(publicKey),
      identity: "approved",
      standingSinceMs,
    };
    this.#nowMs = scanner.enrolledMs;
  }

  async run(): Promise<void> {
    await owner(`delete from "ServerWatch"`);
    await this.#start();
    for (const step of stepsOf(plan, this.#scanner, systems)) {
      // A round of the ticker in between, at moments that the seed knows nothing of.
      await this.#tickAt(this.#nowMs + 31_000, step.atMs);
      await this.#tickAt(this.#nowMs + 10 * 60_000 + 1, step.atMs);
      if (step.kind === "report") await this.#report(step);
      else await this.#take(step);
    }
    await this.#stop();
  }

  async #start(): Promise<void> {
    const nudge = { scanners: () => undefined, list: () => undefined };
    this.#ingest = await startIngest({
      database,
      nudge,
      log: quiet,
      wall: () => this.#nowMs,
      monotonic: () => this.#nowMs,
    });
    await this.#ingest.tick();
  }

  async #stop(): Promise<void> {
    await this.#ingest?.tick();
    await this.#ingest?.stop();
    this.#ingest = null;
  }

  async #tickAt(atMs: number, beforeMs: number): Promise<void> {
    if (atMs >= beforeMs) return;
    this.#nowMs = atMs;
    await this.#ingest?.tick();
  }

  async #report(step: ReportStep): Promise<void> {
    this.#nowMs = step.atMs;
    await this.#ingest?.tick();
    const facts = await reader.read(step.state, step.atMs);
    const { bootId, order, atMs, clockOffsetMs } = step;
    const sentAtMs = atMs + clockOffsetMs;
    const body = {
      protocol: 1,
      scannerId: this.#scanner.scannerId,
      bootId,
      ...order,
      sentAtMs,
      observedAtMs: sentAtMs,
      uptimeMs: 1_000,
      witness: null,
      facts,
    };
    const bytes = Buffer.from(JSON.stringify(body));
    const value = { ...JSON.parse(bytes.toString()), opaque: {} } as Report;
    const message = { key: this.#key, value, body: bytes, signature: Buffer.alloc(64), receivedAtMs: atMs };
    await this.#ingest?.ingest.report(message);
    const sameStart = this.#heard?.step.order.startCounter === order.startCounter;
    this.#heard = { step, digest: factsDigest(facts), beat: sameStart ? (this.#heard?.beat ?? 0) : 0 };
  }

  async #beat(atMs: number): Promise<void> {
    const heard = this.#heard;
    if (heard === null) throw new Error("no report yet");
    this.#nowMs = atMs;
    await this.#ingest?.tick();
    heard.beat += 1;
    const { bootCounter, startCounter } = heard.step.order;
    const value = {
      protocol: 1 as const,
      scannerId: this.#scanner.scannerId as ScannerId,
      bootId: heard.step.bootId,
      bootCounter,
      startCounter,
      beat: heard.beat,
      sentAtMs: atMs + heard.step.clockOffsetMs,
      uptimeMs: 2_000,
      factsDigest: heard.digest,
      outbox: 0,
    };
    const body = Buffer.from("{}");
    await this.#ingest?.ingest.heartbeat({
      key: this.#key,
      value,
      body,
      signature: Buffer.alloc(64),
      receivedAtMs: atMs,
    });
    await this.#ingest?.tick();
  }

  async #take(step: OtherStep): Promise<void> {
    const { scannerId, model } = this.#scanner;
    switch (step.kind) {
      case "beat":
        return await this.#beat(step.atMs);
      case "pin": {
        const { releaseId } = releases.named(model, step.release);
        await owner(`update "Scanner" set "pinnedReleaseId" = $2 where id = $1`, [scannerId, releaseId]);
        return await this.#expectAgain(step.atMs);
      }
      case "service":
        await owner(`update "Scanner" set "service" = $2 where id = $1`, [scannerId, step.service]);
        return await this.#expectAgain(step.atMs);
      case "silence":
        return await this.#silence(step);
    }
  }

  async #expectAgain(atMs: number): Promise<void> {
    this.#nowMs = atMs;
    await this.#ingest?.tick();
    const now = { nowMs: atMs, observingSinceMs: atMs };
    await database.withScope({ all: true }, (tx) => reconclude(tx, this.#scanner.scannerId, now));
  }

  /** The server listens through all of it; hours are passed by starting it again as if it had never been away. */
  async #silence({ atMs, untilMs }: Extract<OtherStep, { kind: "silence" }>): Promise<void> {
    await this.#beat(atMs);
    for (const afterMs of [9_000, 45_001, 54_000, 180_001, 189_000])
      await this.#listenOn(atMs, atMs + afterMs);
    if (untilMs === null) return;
    await this.#listenOn(atMs, untilMs);
    await this.#beat(untilMs);
    await this.#listenOn(atMs, untilMs + 15_000);
    await this.#beat(untilMs + 15_000);
  }

  async #listenOn(sinceMs: number, atMs: number): Promise<void> {
    await this.#stop();
    await owner(`update "ServerWatch" set "observingSince" = $1, "lastAliveAt" = $2`, [
      new Date(sinceMs),
      new Date(atMs - 1_000),
    ]);
    this.#nowMs = atMs;
    await this.#start();
  }
}

const WITHOUT_IDS = `- 'id'`;

async function rowsOf(url: string, scannerId: string): Promise<Record<string, unknown[]>> {
  return await withClient(url, async (client) => {
    const read = async (table: string, order: string, without = WITHOUT_IDS) => {
      const sql = `select to_jsonb(t) ${without} as row from "${table}" t where "scannerId" = $1 order by ${order}`;
      return (await client.query<{ row: unknown }>(sql, [scannerId])).rows.map(({ row }) => row);
    };
    return {
      facts: await read("FactInterval", `"openedAt", "kind"`),
      findings: await read("FindingInterval", `"openedAt", "itemId", "signature"`),
      headlines: await read("HeadlineInterval", `"openedAt"`),
      state: await read("ScannerState", "1"),
      // How many heartbeats there were between two reports is nobody's story.
      link: await read("ScannerLink", "1", `- 'beat'`),
    };
  });
}

describe("the seeded fleet", () => {
  test("is what the server writes when the same scanners report [RUN-4]", async () => {
    const sampled = sample();
    expect(sampled).toHaveLength(SAMPLED);
    for (const scanner of sampled) {
      const [row] = await owner<{ at: Date }>(`select "identitySince" as at from "Scanner" where id = $1`, [
        scanner.scannerId,
      ]);
      await new Replay(scanner, row?.at.getTime() ?? 0).run();
      const [expected, given] = [
        await rowsOf(replayed.ownerUrl, scanner.scannerId),
        await rowsOf(seeded.ownerUrl, scanner.scannerId),
      ];
      const what = `${scanner.serial} ${JSON.stringify(scanner.condition)}`;
      for (const [name, rows] of Object.entries(expected))
        expect(given[name], `${what} ${name}`).toEqual(rows);
      expect(expected.state).toHaveLength(1);
      await owner(`delete from "ScannerState" where "scannerId" = $1`, [scanner.scannerId]);
    }
  });

  test("shows the headlines that the plan means, and nothing in its log is out of place [RUN-4]", async () => {
    await withClient(seeded.ownerUrl, async (client) => {
      const { rows } = await client.query<{ serial: string; headline: string; variant: string | null }>(
        `select s.serial, t.headline, t."headlineVariant" as variant from "Scanner" s join "ScannerState" t on t."scannerId" = s.id`,
      );
      const shown = new Map(rows.map(({ serial, headline }) => [serial, headline]));
      for (const { serial, condition } of plan.scanners)
        expect(shown.get(serial), serial).toBe(condition.word);
      expect(rows.some(({ variant }) => variant === "tripped")).toBe(true);
      const chains = await client.query<{ problem: string | null; good: string }>(
        `select v.problem, v.good from audit.head h, lateral audit.verify(h.chain) v`,
      );
      expect(chains.rows.filter(({ problem }) => problem !== null)).toEqual([]);
      expect(chains.rows.reduce((sum, { good }) => sum + Number(good), 0)).toBeGreaterThan(
        2 * plan.scanners.length,
      );
    });
  });

  test("can be continued by each scanner's agent without a fork: the last order is the one stored [K-07]", async () => {
    await withClient(seeded.ownerUrl, async (client) => {
      const { rows } = await client.query<Record<string, unknown> & { scannerId: string }>(
        `select "scannerId", "bootCounter", "startCounter", "seq", "bootId" from "ScannerState"`,
      );
      const stored = new Map(rows.map(({ scannerId, ...order }) => [scannerId, order]));
      for (const scanner of plan.scanners)
        expect(stored.get(scanner.scannerId), scanner.serial).toEqual(agentStartOf(plan, scanner, systems));
    });
  });
});
