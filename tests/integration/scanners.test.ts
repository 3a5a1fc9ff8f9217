import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXAMPLE_VALUES } from "#core/report/example-facts.ts";
import { ROWS_OF_SCANNER, ROWS_OF_SITE } from "#server/place/rooted-rows-store.ts";
import type { ScannerPage, Timeline } from "#server/scanner/view.ts";
import { anyRow, tablesWithSite } from "#tests/integration/any-row.ts";
import { withClient } from "#tests/integration/database.ts";
import { approve, done, reportingScanner, tokenFor } from "#tests/integration/fleet-world.ts";
import { type RunningServer, startServer } from "#tests/integration/running-server.ts";
import { makeWorld, personAt, type World } from "#tests/integration/world.ts";
import { SigningScanner } from "#tests/support/signing-scanner.ts";

let server: RunningServer;
let world: World;

beforeAll(async () => {
  server = await startServer();
  world = await makeWorld(server);
});
afterAll(() => server.stop());

const page = async (scannerId: string, visitor = world.admin) =>
  done(await visitor.query("scanner.get", { scannerId })) as ScannerPage;
const chips = async (scannerId: string) => (await page(scannerId)).headline.chips.map(({ code }) => code);
const reason = "looked at it";

async function column<T>(scannerId: string, name: string): Promise<T | undefined> {
  const [row] = await server.owner<{ value: T }>(`select "${name}" as value from "Scanner" where id = $1`, [
    scannerId,
  ]);
  return row?.value;
}

describe("tags", () => {
  test("are put on many scanners at once, in one spelling, and told scanner by scanner", async () => {
    const ids = [
      (await reportingScanner(world, world.own, "SN-T1")).scannerId,
      (await reportingScanner(world, world.other, "SN-T2")).scannerId,
    ];
    const ask = { scannerIds: ids, add: ["Trial", "Haus B"], reason };
    expect(done(await world.admin.mutate("scanner.tag", ask))).toEqual({ changed: 2 });
    for (const id of ids) expect(await column(id, "tags")).toEqual(["haus-b", "trial"]);
    expect((await world.admin.mutate("scanner.tag", ask)).refusal?.code).toBe("nothing-to-change");
    done(await world.admin.mutate("scanner.tag", { scannerIds: ids, remove: ["TRIAL"], reason }));
    expect(await column(String(ids[0]), "tags")).toEqual(["haus-b"]);
    const events = await server.owner<{ chain: string }>(
      `select chain from audit.event where action = 'scanner.tagged' and body like '%' || $1 || '%'`,
      [ids[1]],
    );
    expect(events.map(({ chain }) => chain)).toEqual(Array(2).fill(`site:${world.other.siteId}`));
  });

  test("are put on all of them or on none [P-02]", async () => {
    const own = (await reportingScanner(world, world.own, "SN-T3")).scannerId;
    const foreign = (await reportingScanner(world, world.other, "SN-T4")).scannerId;
    const engineer = await personAt(world, "service-engineer", world.own);
    const ask = { add: ["mine"], reason };
    expect((await engineer.mutate("scanner.tag", { ...ask, scannerIds: [own, foreign] })).refusal?.code).toBe(
      "not-found",
    );
    const many = Array.from({ length: 20 }, (_, index) => `t${index}`);
    done(await engineer.mutate("scanner.tag", { scannerIds: [own], add: many, reason }));
    expect((await engineer.mutate("scanner.tag", { ...ask, scannerIds: [own] })).refusal).toEqual({
      code: "too-many-tags",
      params: { serial: "SN-T3" },
    });
    expect(await column(own, "tags")).toHaveLength(20);
    expect(await column(foreign, "tags")).toEqual([]);
    expect(
      (await engineer.mutate("scanner.tag", { scannerIds: [own], add: ["<b>"], reason })).refusal?.code,
    ).toBe("wrong-input");
  });
});

describe("marks", () => {
  test("maintenance with an end is a chip until then, and ends by itself on the page and in what is stored [SEE-11]", async () => {
    const { scannerId } = await reportingScanner(world, world.own, "SN-M1");
    const untilMs = Date.now() + 4_000;
    const ask = { scannerIds: [scannerId], reason };
    done(await world.admin.mutate("scanner.maintain", { ...ask, untilMs }));
    expect((await page(scannerId)).headline.chips).toContainEqual({
      code: "maintenance",
      params: { untilAtMs: untilMs },
    });
    await expect.poll(() => chips(scannerId), { timeout: 20_000 }).not.toContain("maintenance");
    expect((await world.admin.mutate("scanner.endMaintenance", ask)).refusal?.code).toBe(
      "not-in-maintenance",
    );
    const stored = () =>
      server.owner<{ chips: string }>(
        `select "headlineChips"::text chips from "ScannerState" where "scannerId" = $1`,
        [scannerId],
      );
    await expect
      .poll(async () => (await stored())[0]?.chips, { timeout: 20_000 })
      .not.toContain("maintenance");
  });

  test("an end in the past or years ahead is refused; a mark without one lasts until it is taken off", async () => {
    const { scannerId } = await reportingScanner(world, world.own, "SN-M2");
    const ask = { scannerIds: [scannerId], reason };
    for (const untilMs of [Date.now() - 1_000, Date.now() + 400 * 86_400_000])
      expect((await world.admin.mutate("scanner.maintain", { ...ask, untilMs })).refusal?.code).toBe(
        "maintenance-end-out-of-range",
      );
    done(await world.admin.mutate("scanner.maintain", { ...ask, untilMs: null }));
    expect(await chips(scannerId)).toContain("maintenance");
    done(await world.admin.mutate("scanner.endMaintenance", ask));
    expect(await chips(scannerId)).not.toContain("maintenance");
    expect([await column(scannerId, "serviceSince"), await column(scannerId, "serviceBy")]).toEqual([
      null,
      null,
    ]);
  });

  test("out of service is said beside the word and taken back", async () => {
    const { scannerId } = await reportingScanner(world, world.own, "SN-M3");
    const word = (await page(scannerId)).headline.word;
    const ask = { scannerIds: [scannerId], reason };
    done(await world.admin.mutate("scanner.setService", { ...ask, service: "out-of-service" }));
    expect((await page(scannerId)).headline.word).toBe(word);
    expect(await chips(scannerId)).toContain("out-of-service");
    done(await world.admin.mutate("scanner.setService", { ...ask, service: "in-service" }));
    expect(await chips(scannerId)).not.toContain("out-of-service");
  });
});

describe("moving a scanner to another site", () => {
  test("no table that carries a site is forgotten", async () => {
    const known = new Set<string>([...Object.keys(ROWS_OF_SCANNER), ...ROWS_OF_SITE]);
    const tables = await withClient(server.database.ownerUrl, tablesWithSite);
    expect(tables.filter((name) => !known.has(name))).toEqual([]);
  });

  test("every row goes along, the old site's people lose it at once, and both logs say from where to where [P-03]", async () => {
    const machine = await reportingScanner(world, world.own, "SN-MOVE");
    const { scannerId } = machine;
    await rowsInEveryTable(scannerId);
    const old = await personAt(world, "viewer", world.own);
    const next = await personAt(world, "viewer", world.other);
    done(await world.admin.mutate("scanner.move", { scannerId, siteId: world.other.siteId, reason }));
    expect((await old.query("scanner.get", { scannerId })).refusal?.code).toBe("not-found");
    expect((await old.query("scanner.list", { limit: 500 })).body).not.toContain(scannerId);
    expect((await page(scannerId, next)).siteName).toBe("Beta");
    for (const [table, tie] of Object.entries(ROWS_OF_SCANNER)) {
      const rows = await server.owner<Record<string, string>>(
        `select distinct "organisationId", "regionId", "siteId" from "${table}" where "${tie}" = $1`,
        [scannerId],
      );
      const { organisationId, regionId, siteId } = world.other;
      expect([table, rows]).toEqual([table, [{ organisationId, regionId, siteId }]]);
    }
    for (const place of [world.own, world.other]) {
      const [event] = await server.owner<{ body: string }>(
        `select body from audit.event where chain = $1 and action = 'scanner.moved' and body like '%' || $2 || '%'`,
        [`site:${place.siteId}`, scannerId],
      );
      expect(JSON.parse(event?.body ?? "null")).toMatchObject({
        from: { siteId: world.own.siteId, site: "Alpha" },
        to: { siteId: world.other.siteId, site: "Beta" },
        reason,
      });
    }
    expect((await machine.report(2)).status).toBe(200);
    const [late] = await server.owner<{ siteId: string }>(
      `select "siteId" from "Report" where "scannerId" = $1 and seq = 2`,
      [scannerId],
    );
    expect(late?.siteId).toBe(world.other.siteId);
  });

  test("takes a role over both sites", async () => {
    const { scannerId } = await reportingScanner(world, world.own, "SN-STAY");
    const local = await personAt(world, "admin", world.own);
    const ask = { scannerId, siteId: world.other.siteId, reason };
    expect((await local.mutate("scanner.move", ask)).refusal?.code).toBe("not-found");
    expect((await page(scannerId)).siteName).toBe("Alpha");
  });

  async function rowsInEveryTable(scannerId: string): Promise<void> {
    await withClient(server.database.ownerUrl, async (client) => {
      await client.query("set session_replication_role = replica");
      for (const [table, tie] of Object.entries(ROWS_OF_SCANNER)) {
        const { rows } = await client.query(`select 1 from "${table}" where "${tie}" = $1`, [scannerId]);
        if (rows.length > 0) continue;
        const { sql, values } = await anyRow(client, table, { ...world.own, [tie]: scannerId });
        // The server writes what it has heard by itself, and may have done so since the look.
        await client.query(`${sql} on conflict do nothing`, values);
      }
    });
  }
});

describe("retiring a scanner", () => {
  test("takes its serial as confirmation; its machine is told in a signed refusal, it counts in no total, and history stays", async () => {
    const machine = await reportingScanner(world, world.own, "SN-OLD");
    const { scannerId } = machine;
    const ask = { scannerId, serial: "SN-OTHER", reason };
    expect((await world.admin.mutate("scanner.retire", ask)).refusal).toEqual({
      code: "serial-differs",
      params: { serial: "SN-OLD" },
    });
    const total = async () => (done(await world.admin.query("scanner.list", {})) as { total: number }).total;
    const before = await total();
    done(await world.admin.mutate("scanner.retire", { ...ask, serial: "SN-OLD" }));
    expect(await total()).toBe(before - 1);
    const answer = await machine.report(2);
    expect([answer.status, answer.json.refused, answer.signed]).toEqual([403, "retired", true]);
    expect(await page(scannerId)).toMatchObject({ identity: "retired", headline: { word: "retired" } });
    const timeline = done(
      await world.admin.query("scanner.timeline", { scannerId, fromMs: 0, toMs: Date.now() + 1_000 }),
    ) as Timeline;
    expect(timeline.lanes.headlines.length).toBeGreaterThan(1);
    expect(
      (await world.admin.mutate("scanner.tag", { scannerIds: [scannerId], add: ["x"], reason })).refusal
        ?.code,
    ).toBe("scanner-retired");
  });

  test("under its serial it comes back as the same scanner, with a new key, once a person approved it", async () => {
    const old = await reportingScanner(world, world.own, "SN-BACK");
    for (const seq of [2, 3]) expect((await old.report(seq)).status).toBe(200);
    const { scannerId } = old;
    done(await world.admin.mutate("scanner.retire", { scannerId, serial: "SN-BACK", reason }));
    const fresh = new SigningScanner(server.url);
    await fresh.enrol(await tokenFor(world, world.own), "SN-BACK");
    expect(fresh.scannerId).toBe(scannerId);
    expect((await fresh.report(1)).json.refused).toBe("awaiting-approval");
    expect(await page(scannerId)).toMatchObject({ identity: "retired" });
    await approve(world, fresh);
    expect((await fresh.report(1, 4711)).status).toBe(200);
    const now = await page(scannerId);
    expect(now).toMatchObject({ identity: "approved", service: "in-service" });
    expect(now.seq).toEqual({ bootCounter: 1, startCounter: 1, seq: 1 });
    expect((await old.report(4)).json.refused).toBe("unknown-key");
    const intervals = await server.owner<{ closed: boolean }>(
      `select "closedAt" is not null closed from "FactInterval" where "scannerId" = $1 and kind = 'provided'
       order by "openedBoot", "openedStart", "openedSeq"`,
      [scannerId],
    );
    expect(intervals.at(-1)).toEqual({ closed: false });
    expect(intervals.slice(0, -1).every(({ closed }) => closed)).toBe(true);
  });

  test("at another site its serial stays taken", async () => {
    const { scannerId } = await reportingScanner(world, world.own, "SN-FAR");
    done(await world.admin.mutate("scanner.retire", { scannerId, serial: "SN-FAR", reason }));
    const fresh = new SigningScanner(server.url);
    await expect(fresh.enrol(await tokenFor(world, world.other), "SN-FAR")).rejects.toThrow("serial-taken");
  });
});

describe("replacing a scanner's hardware", () => {
  test("the old machine goes on until a person has compared the new key; then only the new one is believed", async () => {
    const old = await reportingScanner(world, world.own, "SN-SWAP");
    const { scannerId } = old;
    done(await world.admin.mutate("scanner.tag", { scannerIds: [scannerId], add: ["kept"], reason }));
    const token = await tokenFor(world, world.own, { replacesScannerId: scannerId });
    const fresh = new SigningScanner(server.url);
    await fresh.enrol(token, "SN-NEW-BOARD");
    expect(fresh.scannerId).toBe(scannerId);
    expect((await old.report(2)).status).toBe(200);
    const second = new SigningScanner(server.url);
    const again = await tokenFor(world, world.own, { replacesScannerId: scannerId });
    await expect(second.enrol(again, "SN-SWAP")).rejects.toThrow("serial-taken");
    await approve(world, fresh);
    expect((await old.report(3)).json.refused).toBe("unknown-key");
    expect((await fresh.report(1, 99)).status).toBe(200);
    expect((await fresh.report(2, 100)).status).toBe(200);
    expect(await page(scannerId)).toMatchObject({ serial: "SN-SWAP", identity: "approved", seq: { seq: 2 } });
    expect(await column(scannerId, "tags")).toEqual(["kept"]);
    const [event] = await server.owner<{ body: string }>(
      `select body from audit.event where action = 'enrolment.replaced' and body like '%' || $1 || '%'`,
      [scannerId],
    );
    expect(JSON.parse(event?.body ?? "null")).toMatchObject({ was: "approved", serial: "SN-SWAP" });
  });

  test("heartbeats of the new machine begin anew, whatever the old one counted to", async () => {
    const old = await reportingScanner(world, world.own, "SN-BEAT");
    const { scannerId } = old;
    const beat = (machine: SigningScanner, number: number, bootCounter: number) =>
      machine.post("heartbeat", {
        protocol: 1,
        scannerId,
        bootId: machine.bootId,
        bootCounter,
        startCounter: 1,
        beat: number,
        factsDigest: "0".repeat(64),
        sentAtMs: Date.now(),
        uptimeMs: 1,
        outbox: 0,
      });
    expect((await beat(old, 900, 1)).status).toBe(200);
    const fresh = new SigningScanner(server.url);
    await fresh.enrol(await tokenFor(world, world.own, { replacesScannerId: scannerId }), "SN-BEAT");
    await approve(world, fresh);
    expect((await beat(fresh, 1, 1)).status).toBe(200);
  });

  test("a refused machine hears so, and the scanner stays what it was", async () => {
    const old = await reportingScanner(world, world.own, "SN-KEEP");
    const { scannerId } = old;
    const fresh = new SigningScanner(server.url);
    await fresh.enrol(await tokenFor(world, world.own, { replacesScannerId: scannerId }), "SN-KEEP");
    done(await world.admin.mutate("enrolment.refuse", { scannerId, reason: "wrong box" }));
    expect((await fresh.report(1)).json.refused).toBe("refused-by-admin");
    expect((await old.report(2)).status).toBe(200);
    const again = new SigningScanner(server.url);
    await again.enrol(await tokenFor(world, world.own, { replacesScannerId: scannerId }), "SN-KEEP");
    await approve(world, again);
    expect((await again.report(1)).status).toBe(200);
  });

  test("a token for one scanner's hardware is no token for another site's [P-02]", async () => {
    const { scannerId } = await reportingScanner(world, world.other, "SN-THEIRS");
    const engineer = await personAt(world, "service-engineer", world.own);
    const ask = { siteId: world.own.siteId, replacesScannerId: scannerId };
    expect((await engineer.mutate("enrolment.createToken", ask)).refusal?.code).toBe("not-found");
    expect((await world.admin.mutate("enrolment.createToken", ask)).refusal?.code).toBe("not-found");
  });
});

describe("a key that turns up on other hardware [F27]", () => {
  test("is locked out until an administrator accepts the hardware they were shown", async () => {
    const machine = await reportingScanner(world, world.own, "SN-F27");
    const { scannerId } = machine;
    const other = "cd".repeat(32);
    const report = (seq: number, hardwareFingerprint: string) =>
      machine.post("report", {
        protocol: 1,
        scannerId,
        bootId: machine.bootId,
        bootCounter: 1,
        startCounter: 1,
        seq,
        sentAtMs: Date.now(),
        observedAtMs: Date.now(),
        uptimeMs: 1000 + seq,
        witness: null,
        facts: { host: { state: "observed", value: { ...EXAMPLE_VALUES.host, hardwareFingerprint } } },
      });
    expect((await report(2, other)).json.refused).toBe("locked-out");
    const release = (more: object) => world.admin.mutate("enrolment.release", { scannerId, reason, ...more });
    expect((await release({ acceptHardware: "ee".repeat(32) })).refusal?.code).toBe("hardware-differs");
    done(await release({}));
    expect((await report(2, other)).json.refused).toBe("locked-out");
    done(await release({ acceptHardware: other }));
    expect((await report(2, other)).status).toBe(200);
    expect(await column(scannerId, "hardwareFingerprint")).toBe(other);
  });
});
