import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parsePackageName } from "#core/closure/package-name.ts";
import { indexSome } from "#server/ask/index-terms.ts";
import { makeFleet, type Remembered, send } from "#tests/integration/asked-fleet.ts";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { callerAs } from "#tests/integration/router-caller.ts";
import { type Said, seeded } from "#tests/support/asked-reports.ts";

const SCANNERS = 30;
const REPORTS = 3;

let server: IngestServer;
let otherSite: string;
let fleet: Remembered[] = [];

beforeAll(async () => {
  server = await startIngestServer();
  ({ fleet, otherSite } = await makeFleet(server, SCANNERS));
  const random = seeded(7);
  // The last two never report anything.
  for (let round = 0; round < REPORTS; round += 1) {
    for (const one of fleet.slice(0, -2)) await send(server, one, random);
    server.clock.pass(60_000);
  }
  expect(server.failures).toEqual([]);
});
afterAll(() => server.close());

const here = () => callerAs(server, "viewer", [server.scope.siteId]);
const everywhere = () => callerAs(server, "viewer", [server.scope.siteId, otherSite]);
const inScope = (sites: readonly string[]) => fleet.filter(({ siteId }) => sites.includes(siteId));

type When = "now" | "ever";

/** The plain look: every remembered report of every scanner, one after the other. */
function naive(sites: readonly string[], when: When, valuesOf: (said: Said) => readonly string[]) {
  const counts: Record<string, number> = {};
  for (const { reports } of inScope(sites)) {
    const looked = when === "now" ? reports.slice(-1) : reports;
    for (const value of new Set(looked.flatMap(({ said }) => valuesOf(said))))
      counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}

function packageVersions({ closure }: Said, name: string): string[] {
  return (closure ?? []).flatMap((path) => {
    const parsed = parsePackageName(path.replace(/-(dev|bin)$/, ""));
    return parsed.name === name ? [parsed.version] : [];
  });
}

const QUESTIONS: readonly [string, (said: Said) => readonly string[]][] = [
  ["module:nvidia", ({ modules }) => (modules === null ? [] : [modules.nvidia ?? ""])],
  [
    "unit:gcaps.service",
    ({ units }) =>
      units === null ? [] : [units["gcaps.service"] === "failed" ? "failed (dead)" : "active (running)"],
  ],
  ["firmware:su/firmware", ({ firmware }) => (firmware === null ? [] : [firmware])],
  ["pci:10de:2531", ({ pci }) => [pci["10de:2531"] ?? ""]],
  ["driver:nouveau", ({ pci }) => (pci["10de:2531"] === "nouveau" ? ["pci 10de:2531"] : [])],
  ["package:openssl", (said) => packageVersions(said, "openssl")],
  ["package:OpenSSL", (said) => packageVersions(said, "openssl")],
  ["package:curl", (said) => packageVersions(said, "curl")],
];

describe.each(["now", "ever"] as const)("what the fleet has %s", (when) => {
  test.each(QUESTIONS)("%s, in one's own sites and nowhere else [EXP-9, P-03]", async (text, valuesOf) => {
    for (const sites of [[server.scope.siteId], [otherSite], [server.scope.siteId, otherSite]]) {
      const answer = await callerAs(server, "viewer", sites).ask.answer({ text, when });
      const groups = answer.sections.flatMap((section) => section.groups);
      expect(Object.fromEntries(groups.map(({ value, count }) => [value, count]))).toEqual(
        naive(sites, when, valuesOf),
      );
      expect(answer.reporting[0]?.total).toBe(inScope(sites).length);
    }
  });
});

const byId = (one: Remembered) => one.client.scannerId;
const latest = ({ reports }: Remembered) => reports.at(-1)?.said;

describe("a test on the value", () => {
  test("shares the scanners out into those that pass, those that do not, and those that say no version [EXP-9, SEE-14]", async () => {
    const { sections } = await everywhere().ask.answer({ text: "module:nvidia < 580.95" });
    const verdicts = sections[0]?.groups.map(({ value, verdict }) => [value, verdict]);
    expect(verdicts).toEqual([
      ["580.82", "passes"],
      ["570.9", "passes"],
      ["", "unknown"],
      ["580.95", "fails"],
    ]);
    const older = fleet.filter((one) => ["580.82", "570.9"].includes(latest(one)?.modules?.nvidia ?? ""));
    expect(sections[0]?.has).toBe(older.length);
  });

  test("counts a scanner with two versions once, and lists each scanner that passes once [EXP-9]", async () => {
    const text = "package:openssl < 3.0.13";
    const { sections } = await everywhere().ask.answer({ text });
    const passing = fleet.filter((one) => {
      const said = latest(one);
      return said !== undefined && packageVersions(said, "openssl").some((version) => version !== "3.0.13");
    });
    expect(sections[0]?.has).toBe(passing.length);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await everywhere().ask.scanners({
        text,
        kind: "package",
        name: "openssl",
        value: null,
        limit: 4,
        cursor,
      });
      expect(page.total).toBe(passing.length);
      found.push(...page.rows.map((row) => row.scannerId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(found.sort()).toEqual(passing.map(byId).sort());
  });

  test("of a provided number compares numbers and says their span [EXP-9]", async () => {
    const { sections } = await everywhere().ask.answer({ text: "tank/level > 40" });
    const levels = fleet.flatMap((one) => latest(one)?.level ?? []).filter((level) => level > 40);
    expect(sections[0]?.numbers).toEqual({
      unit: "",
      min: Math.min(...levels),
      max: Math.max(...levels),
      count: levels.length,
    });
    const listed = await everywhere().ask.scanners({
      text: "tank/level > 40",
      kind: "provided",
      name: "tank/level",
      value: null,
      numbers: true,
    });
    expect(listed.rows).toHaveLength(levels.length);
  });
});

describe("absence", () => {
  test("is told apart from not reported, with how many speak of it at all [EXP-9, SEE-14]", async () => {
    const answer = await everywhere().ask.answer({ text: "module:no_such_module" });
    expect(answer.sections).toEqual([]);
    const seen = fleet.filter((one) => latest(one)?.modules != null);
    expect(answer.reporting).toEqual([{ kind: "module", reporting: seen.length, total: SCANNERS }]);
    const packages = await everywhere().ask.answer({ text: "package:no-such-package" });
    const listed = fleet.filter((one) => latest(one)?.closure != null);
    expect(packages.reporting).toEqual([{ kind: "package", reporting: listed.length, total: SCANNERS }]);
  });

  test("a name without a kind is looked for on every shelf, and near names are offered [EXP-9]", async () => {
    const exact = await everywhere().ask.answer({ text: "nvidia" });
    expect(exact.sections.map(({ kind }) => kind).sort()).toEqual(["driver", "module"]);
    const near = await everywhere().ask.answer({ text: "opens" });
    expect(near.sections).toEqual([]);
    expect(near.near).toContainEqual({ kind: "package", name: "openssl", value: null });
  });

  test("is not hidden by a scanner that went silent or was retired: retired ones count nowhere [EXP-9]", async () => {
    const one = fleet.find((each) => latest(each)?.pci["10de:2531"] === "nvidia");
    const count = async () =>
      (await everywhere().ask.answer({ text: "driver:nvidia" })).sections[0]?.has ?? 0;
    const before = await count();
    await server.sql(`update "Scanner" set service = 'retired' where id = $1`, [one?.client.scannerId]);
    expect(await count()).toBe(before - 1);
    await server.sql(`update "Scanner" set service = 'in-service' where id = $1`, [one?.client.scannerId]);
  });
});

describe("paths and hashes", () => {
  test("any beginning of a path's hash, a whole path, a file in it, and the digest of a closure find the same scanners [EXP-9]", async () => {
    const [row] = await server.sql<{ path: string }>(
      `select path from "ClosurePath" where name = 'curl' limit 1`,
    );
    const path = row?.path ?? "";
    const base = path.slice("/nix/store/".length);
    const expected = fleet.filter((one) => latest(one)?.closure?.includes("curl-8.10")).length;
    for (const text of [
      path,
      `${path}/bin/curl`,
      `hash:${base.slice(0, 8)}`,
      base.slice(0, 32),
      `path:${base.slice(0, 12)}`,
    ]) {
      const { sections } = await everywhere().ask.answer({ text });
      const found = sections[0]?.groups.find(({ value }) => value === path);
      expect(found?.count, text).toBe(expected);
    }
    const [closure] = await server.sql<{ digest: string; toplevel: string }>(
      `select digest, toplevel from "Closure" where toplevel like '%nixos-system-c'`,
    );
    const byDigest = await everywhere().ask.answer({ text: `hash:${closure?.digest.slice(0, 10)}` });
    expect(byDigest.sections[0]?.groups).toEqual([
      { value: closure?.toplevel, count: expected, verdict: "passes" },
    ]);
  });

  test("a letter of LIKE in a name stands for itself [X-01]", async () => {
    for (const text of ["module:nvidi_", "module:%", "unit:gcaps%*"])
      expect((await everywhere().ask.answer({ text })).sections).toEqual([]);
    expect((await everywhere().ask.answer({ text: "module:nv*a" })).sections.map(({ name }) => name)).toEqual(
      ["nvidia"],
    );
  });
});

describe("suggestions", () => {
  test("name what somebody in one's own sites has, by the beginning first, and what has this version [EXP-9]", async () => {
    const hits = await everywhere().ask.suggest({ text: "nvi" });
    expect(hits).toContainEqual({ kind: "module", name: "nvidia", value: null });
    expect(await everywhere().ask.suggest({ text: "580.95" })).toContainEqual({
      kind: "module",
      name: "nvidia",
      value: "580.95",
    });
  });

  test("never name what only other people's scanners have [P-03, P-06]", async () => {
    const secret = fleet.find(({ siteId }) => siteId === otherSite);
    const facts = {
      provided: {
        state: "observed",
        value: [{ owner: "su", id: "only-there", value: "x", unit: null, quality: "good", ageMs: 0 }],
      },
    };
    await server.sql(
      `update "FactInterval" set "setId" = null, value = $2 where "scannerId" = $1 and kind = 'provided' and "closedAt" is null`,
      [secret?.client.scannerId, JSON.stringify({ observed: facts.provided.value })],
    );
    await server.database.withScope({ all: true }, indexSome);
    expect(await everywhere().ask.suggest({ text: "only-th" })).toHaveLength(1);
    expect(await here().ask.suggest({ text: "only-th" })).toEqual([]);
    expect((await here().ask.answer({ text: "only-ther" })).near).toEqual([]);
    expect((await here().ask.answer({ text: "su/only-there" })).sections).toEqual([]);
  });
});

describe("the index", () => {
  test("says how much is missing from it, and catches up with rows that were written without it [EXP-9, SEE-14]", async () => {
    const before = await everywhere().ask.answer({ text: "module:nvidia" });
    await server.sql(`update "FactInterval" set "setId" = null`);
    const empty = await everywhere().ask.answer({ text: "module:nvidia" });
    expect(empty.sections).toEqual([]);
    expect(empty.notIndexed).toBeGreaterThan(0);
    while ((await server.database.withScope({ all: true }, indexSome)) > 0);
    expect({ ...(await everywhere().ask.answer({ text: "module:nvidia" })), asOfMs: before.asOfMs }).toEqual(
      before,
    );
    const [{ missing } = { missing: "" }] = await server.sql<{ missing: string }>(
      `select count(*) as missing from "FactInterval" where "setId" is null`,
    );
    expect(missing).toBe("0");
  });

  test("holds a content once, however many scanners have it [EXP-9]", async () => {
    const [row] = await server.sql<{ sets: string; intervals: string }>(
      `select count(distinct "setId") as sets, count(*) as intervals from "FactInterval" where kind = 'modules'`,
    );
    expect(Number(row?.sets)).toBeLessThanOrEqual(6);
    expect(Number(row?.intervals)).toBeGreaterThan(20);
  });
});

test("going somewhere finds scanners and sites by name, in one's own sites only [UI-2, P-03]", async () => {
  const mine = inScope([server.scope.siteId])[0];
  const theirs = inScope([otherSite])[0];
  const serial = (one: Remembered | undefined) => one?.client.scannerId.slice(-12) ?? "";
  expect((await here().ask.find({ text: serial(mine) })).scanners.map(({ scannerId }) => scannerId)).toEqual([
    mine?.client.scannerId,
  ]);
  expect((await here().ask.find({ text: serial(theirs) })).scanners).toEqual([]);
  expect((await here().ask.find({ text: "Other" })).sites).toEqual([]);
  expect((await everywhere().ask.find({ text: "othe" })).sites).toEqual([
    { siteId: otherSite, name: "Other" },
  ]);
});
