import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "#core/access/role.ts";
import { refusalIn } from "#server/refusal.ts";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { closuresFact, heartbeatBody, reportBody, unit, unitsFact } from "#tests/integration/report-body.ts";
import { callerAs } from "#tests/integration/router-caller.ts";
import type { ScannerClient } from "#tests/integration/scanner-client.ts";

const TOPLEVEL = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-scanner-24.05";
const OTHER = "/nix/store/1123456789abcdfghijklmnpqrsvwxyz-nixos-system-scanner-24.11";

let server: IngestServer;
beforeAll(async () => {
  server = await startIngestServer();
});
afterAll(async () => {
  await server.close();
});

const personAs = (role: Role, siteId: string = server.scope.siteId) => callerAs(server, role, [siteId]);

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "done";
  } catch (error) {
    return refusalIn(error)?.code ?? String(error);
  }
};

type Given = { seq: number; active?: string; toplevel?: string };
const report = async (scanner: ScannerClient, { seq, active = "active", toplevel = TOPLEVEL }: Given) => {
  const facts = { closures: closuresFact(toplevel), units: unitsFact(unit("app.service", active)) };
  const sent = reportBody(scanner.scannerId, { seq }, { sentAtMs: server.clock.wallMs, facts });
  expect((await scanner.post("report", sent)).status).toBe(200);
};
const idOf = (scanner: ScannerClient) => scanner.scannerId as never;

async function adopt(scanner: ScannerClient, pick: (id: string) => boolean = () => true) {
  const engineer = personAs("service-engineer");
  const preview = await engineer.baseline.preview({ scannerId: idOf(scanner) });
  const items = preview.items
    .filter(({ item }) => pick(item.id))
    .map(({ item }) => ({ id: item.id, class: item.class }));
  return await engineer.baseline.adopt({
    scannerId: idOf(scanner),
    name: "as delivered",
    seenSeq: preview.seen,
    items,
    reason: "commissioned today",
  });
}

describe("siblings run the same system", () => {
  test("the diff says how many of them differ alike, and those with another system do not count [EXP-3]", async () => {
    const system = "/nix/store/3123456789abcdfghijklmnpqrsvwxyz-nixos-system-scanner-25.11";
    const [asked, alike, fine, other] = [
      await server.addScanner(),
      await server.addScanner(),
      await server.addScanner(),
      await server.addScanner(),
    ];
    for (const scanner of [asked, alike, fine]) {
      await report(scanner, { seq: 1, toplevel: system });
      await adopt(scanner);
    }
    await report(other, { seq: 1, toplevel: OTHER });
    await adopt(other);
    await report(asked, { seq: 2, toplevel: system, active: "inactive" });
    await report(alike, { seq: 2, toplevel: system, active: "inactive" });
    await report(other, { seq: 2, toplevel: OTHER, active: "inactive" });
    const [first] = await personAs("viewer").scanner.items({ scannerId: idOf(asked) });
    expect(first).toMatchObject({ finding: { actual: "inactive" }, siblingsAlike: { alike: 1, of: 2 } });
    expect((await personAs("viewer").scanner.get({ scannerId: idOf(asked) })).siblings).toBe(2);
  });
});

describe("adopting what a scanner runs [EXP-8]", () => {
  test("makes it nominal at once, and a stopped unit a finding with its since [EXP-3]", async () => {
    const scanner = await server.addScanner();
    await report(scanner, { seq: 1 });
    const viewer = personAs("viewer");
    expect((await viewer.scanner.get({ scannerId: idOf(scanner) })).headline).toMatchObject({
      word: "unknown",
      reason: { code: "no-baseline" },
    });
    const { releaseId } = await adopt(scanner);
    const adopted = await viewer.scanner.get({ scannerId: idOf(scanner) });
    expect(adopted.headline.word).toBe("nominal");
    expect(adopted.baseline).toMatchObject({ releaseId, name: "as delivered", origin: "observed" });
    expect(adopted.axes.currency.value).toBe("current");

    server.clock.pass(5_000);
    const failedAtMs = server.clock.wallMs;
    await report(scanner, { seq: 2, active: "inactive" });
    server.clock.pass(5_000);
    await report(scanner, { seq: 3, active: "failed" });
    const page = await personAs("viewer").scanner.get({ scannerId: idOf(scanner) });
    expect(page.headline.word).toBe("drifted");
    const items = await personAs("viewer").scanner.items({ scannerId: idOf(scanner) });
    expect(items[0]!.item.id).toContain("app.service");
    expect(items[0]).toMatchObject({
      sinceMs: failedAtMs,
      finding: { actual: "failed", problem: "differs" },
    });
    await report(scanner, { seq: 4 });
    expect((await personAs("viewer").scanner.get({ scannerId: idOf(scanner) })).headline.word).toBe(
      "nominal",
    );
    const rows = await server.sql<{ closedAt: Date | null }>(
      `select "closedAt" from "FindingInterval" where "scannerId" = $1`,
      [scanner.scannerId],
    );
    expect(rows.every(({ closedAt }) => closedAt !== null)).toBe(true);
    expect(rows).toHaveLength(1);
  });

  test("is refused when what the person saw is no longer so, and allowed when only the number moved on", async () => {
    const scanner = await server.addScanner();
    await report(scanner, { seq: 1 });
    const engineer = personAs("service-engineer");
    const preview = await engineer.baseline.preview({ scannerId: idOf(scanner) });
    const ask = {
      scannerId: idOf(scanner),
      name: "n",
      seenSeq: preview.seen,
      items: preview.items.map(({ item }) => ({ id: item.id, class: item.class })),
      reason: "r",
    };
    await report(scanner, { seq: 2, active: "failed" });
    expect(await codeOf(engineer.baseline.adopt(ask))).toBe("facts-moved-on");
    await report(scanner, { seq: 3 });
    expect(await codeOf(engineer.baseline.adopt(ask))).toBe("done");
    expect(
      await codeOf(engineer.baseline.adopt({ ...ask, items: [{ id: "no.such", class: "config" }] })),
    ).toBe("unknown-item");
  });

  test("needs a role that allows it here; another site's scanner is missing, not forbidden [ADM-1]", async () => {
    const scanner = await server.addScanner();
    await report(scanner, { seq: 1 });
    expect(await codeOf(personAs("viewer").baseline.preview({ scannerId: idOf(scanner) }))).toBe(
      "not-allowed",
    );
    const elsewhere = personAs("service-engineer", "01890000-0000-7000-8000-000000000000");
    expect(await codeOf(elsewhere.baseline.preview({ scannerId: idOf(scanner) }))).toBe("not-found");
    expect(await codeOf(elsewhere.scanner.get({ scannerId: idOf(scanner) }))).toBe("not-found");
    expect((await elsewhere.scanner.list({})).rows).toEqual([]);
  });

  test("before the first report there is nothing to adopt", async () => {
    const scanner = await server.addScanner();
    expect(await codeOf(personAs("admin").baseline.preview({ scannerId: idOf(scanner) }))).toBe(
      "nothing-observed",
    );
  });

  test("leaves an audit row with the reason, in the same transaction [ADM-3]", async () => {
    const scanner = await server.addScanner();
    await report(scanner, { seq: 1 });
    await adopt(scanner);
    const rows = await server.sql<{ actor: string; body: string }>(
      `select actor, body from audit.event where action = 'baseline.adopted' and body like $1`,
      [`%${scanner.scannerId}%`],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.actor).toBe("user-service-engineer");
    expect(JSON.parse(rows[0]!.body)).toMatchObject({ reason: "commissioned today" });
  });
});

describe("the two comparisons [EXP-4]", () => {
  test("a pin never makes or hides a finding of a scanner whose running release is known", async () => {
    const scanner = await server.addScanner();
    await report(scanner, { seq: 1 });
    await adopt(scanner);
    const other = await server.addScanner();
    await report(other, { seq: 1, toplevel: OTHER, active: "inactive" });
    const { releaseId } = await adopt(other);
    await report(scanner, { seq: 2, active: "failed" });
    const before = await personAs("viewer").scanner.get({ scannerId: idOf(scanner) });
    expect(before.findings).not.toEqual([]);

    await server.sql(`update "Scanner" set "pinnedReleaseId" = $2 where id = $1`, [
      scanner.scannerId,
      releaseId,
    ]);
    await report(scanner, { seq: 3, active: "failed" });
    const after = await personAs("viewer").scanner.get({ scannerId: idOf(scanner) });
    expect(after.findings).toEqual(before.findings);
    expect(after.axes.currency.value).toBe("behind");
    expect(before.axes.currency.value).toBe("current");
  });

  test("a toplevel that no release has is untracked, and compared with the pin", async () => {
    const scanner = await server.addScanner();
    await report(scanner, { seq: 1 });
    await adopt(scanner);
    await report(scanner, {
      seq: 2,
      toplevel: "/nix/store/2123456789abcdfghijklmnpqrsvwxyz-nixos-system-hand-made",
    });
    const page = await personAs("viewer").scanner.get({ scannerId: idOf(scanner) });
    expect(page.headline.word).toBe("drifted");
    expect(page.axes.software.value).toBe("untracked");
  });
});

describe("the fleet", () => {
  test("is filtered, searched and paged by the server; counts cover everything found", async () => {
    const viewer = personAs("viewer");
    const all = await viewer.scanner.list({ limit: 100 });
    expect(all.rows.length).toBe(all.total);
    const paged: string[] = [];
    for (let offset = 0; offset < all.total; offset += 2) {
      const page = await viewer.scanner.list({ limit: 2, offset });
      paged.push(...page.rows.map(({ scannerId }) => scannerId));
    }
    expect(paged).toEqual(all.rows.map(({ scannerId }) => scannerId));
    const drifted = await viewer.scanner.list({ query: "headline=drifted" });
    expect(drifted.rows.length).toBe(all.counts.drifted);
    expect(drifted.rows.every(({ headline }) => headline.word === "drifted")).toBe(true);
    const [one] = all.rows;
    const found = await viewer.scanner.list({ query: `search=${one!.serial.toLowerCase()}` });
    expect(found.rows.map(({ scannerId }) => scannerId)).toEqual([one!.scannerId]);
    for (const hostile of ["%", "_", "\\", "' or 1=1 --"])
      expect((await viewer.scanner.list({ query: `search=${encodeURIComponent(hostile)}` })).rows).toEqual(
        [],
      );
  });

  test("a label changes with a reason; a serial only by an administrator", async () => {
    const scanner = await server.addScanner();
    const ask = { scannerId: idOf(scanner), alias: "Bay 3", reason: "moved" };
    expect(await codeOf(personAs("technician").scanner.rename(ask))).toBe("not-allowed");
    expect(await codeOf(personAs("service-engineer").scanner.rename(ask))).toBe("done");
    expect(await codeOf(personAs("service-engineer").scanner.rename(ask))).toBe("nothing-to-change");
    const serial = { scannerId: idOf(scanner), serial: "NEW-1", reason: "plate" };
    expect(await codeOf(personAs("service-engineer").scanner.rename(serial))).toBe("not-allowed");
    expect(await codeOf(personAs("admin").scanner.rename(serial))).toBe("done");
    const page = await personAs("viewer").scanner.get({ scannerId: idOf(scanner) });
    expect(page).toMatchObject({ alias: "Bay 3", serial: "NEW-1", may: { rename: false, serial: false } });
    const engineer = await personAs("service-engineer").scanner.get({ scannerId: idOf(scanner) });
    expect(engineer.may).toMatchObject({ rename: true, serial: false });
    const admin = await personAs("admin").scanner.get({ scannerId: idOf(scanner) });
    expect(admin.may).toMatchObject({ rename: true, serial: true });
  });

  test("a scanner in maintenance says so beside its state, and what was set can be taken back", async () => {
    const scanner = await server.addScanner();
    const engineer = personAs("service-engineer");
    const ask = { scannerId: idOf(scanner), reason: "coil exchange" };
    const scannerIds = [ask.scannerId];
    await engineer.scanner.maintain({ scannerIds, untilMs: null, reason: ask.reason });
    await engineer.scanner.rename({ ...ask, model: "FM-25", room: "U1", hardwareRevision: "C" });
    const during = await engineer.scanner.get({ scannerId: idOf(scanner) });
    expect(during).toMatchObject({
      service: "maintenance",
      model: "FM-25",
      hardwareRevision: "C",
      headline: { word: "unknown" },
    });
    expect(during.headline.chips).toContainEqual({ code: "maintenance" });
    await engineer.scanner.endMaintenance({ scannerIds, reason: ask.reason });
    await engineer.scanner.rename({ ...ask, model: null });
    const after = await engineer.scanner.get({ scannerId: idOf(scanner) });
    expect(after).toMatchObject({ service: "in-service", model: null });
    expect(after.headline.chips).not.toContainEqual({ code: "maintenance" });
  });

  test("shows closures, facts and a timeline of a scanner that reported", async () => {
    const scanner = await server.addScanner();
    const fromMs = server.clock.wallMs;
    await scanner.post("heartbeat", heartbeatBody(scanner.scannerId, 1, { sentAtMs: fromMs }));
    await report(scanner, { seq: 1 });
    await adopt(scanner);
    await server.sql(
      `insert into "User" (id, name, email, "updatedAt") values ('user-service-engineer', 'Anna Berg', 'anna@example.org', now())`,
    );
    server.clock.pass(60_000);
    await report(scanner, { seq: 2, toplevel: OTHER });
    const viewer = personAs("admin");
    const ask = { scannerId: idOf(scanner) };
    const closures = await viewer.scanner.closures(ask);
    expect(closures.pinned).toMatchObject({ toplevel: TOPLEVEL });
    expect(closures.generations).toEqual({ state: "unknown", reason: { code: "not-reported" } });
    expect((await viewer.scanner.facts(ask)).facts.units?.state).toBe("observed");
    const diff = await viewer.scanner.generationDiff({ ...ask, from: TOPLEVEL, to: OTHER });
    expect(diff).toMatchObject({ unavailable: { code: "digest-not-computed" } });
    // The audit log has the clock of the database, the test one of its own: look around both.
    const around = { fromMs: fromMs - 600_000, toMs: server.clock.wallMs + 600_000 };
    const { lanes } = await viewer.scanner.timeline({ ...ask, ...around });
    expect(
      lanes.releases.map(({ openedMs, closedMs }) => [
        openedMs - fromMs,
        closedMs === null ? null : closedMs - fromMs,
      ]),
    ).toEqual([
      [0, 60_000],
      [60_000, null],
    ]);
    expect(lanes.people).toContainEqual(
      expect.objectContaining({ action: "baseline.adopted", actorName: "Anna Berg" }),
    );
    expect(lanes.headlines.length).toBeGreaterThan(0);
  });
});
