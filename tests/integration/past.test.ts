import { v7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diffFacts } from "#core/compare/diff.ts";
import { type StableFact, stableFact } from "#core/report/digest.ts";
import type { FactKind } from "#core/report/kinds.ts";
import { refusalIn } from "#server/refusal.ts";
import { makeFleet, type Remembered, send } from "#tests/integration/asked-fleet.ts";
import { type IngestServer, startIngestServer } from "#tests/integration/ingest-server.ts";
import { callerAs } from "#tests/integration/router-caller.ts";
import { seeded } from "#tests/support/asked-reports.ts";

const SCANNERS = 6;
const REPORTS = 6;
const APART_MS = 60_000;

let server: IngestServer;
let otherSite: string;
let beganMs: number;
let fleet: Remembered[] = [];
/** The headline of each scanner as the server decided it, each time it was looked at. */
const seenHeadlines: { atMs: number; words: Map<string, string> }[] = [];

beforeAll(async () => {
  server = await startIngestServer();
  beganMs = server.clock.wallMs;
  ({ fleet, otherSite } = await makeFleet(server, SCANNERS));
  const random = seeded(3);
  server.clock.pass(APART_MS);
  for (let round = 0; round < REPORTS; round += 1) {
    // The first scanner falls silent after two reports, the last one never says anything.
    for (const [at, one] of fleet.slice(0, -1).entries())
      if (at > 0 || round < 2) await send(server, one, random);
    await lookAround();
    for (let passed = 0; passed < APART_MS; passed += 5_000) {
      server.clock.pass(5_000);
      await server.ingest.tick();
    }
    await lookAround();
  }
  expect(server.failures).toEqual([]);
});
afterAll(() => server.close());

async function lookAround(): Promise<void> {
  const rows = await server.sql<{ scannerId: string; headline: string }>(
    `select "scannerId", headline from "ScannerState"`,
  );
  seenHeadlines.push({
    atMs: server.clock.wallMs,
    words: new Map(rows.map(({ scannerId, headline }) => [scannerId, headline])),
  });
}

const everywhere = () => callerAs(server, "viewer", [server.scope.siteId, otherSite]);
const here = () => callerAs(server, "viewer", [server.scope.siteId]);

/** The newest remembered report at that moment, or none. */
function reportAt({ reports }: Remembered, atMs: number) {
  return reports.filter((report) => report.atMs <= atMs).at(-1);
}

function stable(facts: Record<string, unknown>): Record<string, StableFact> {
  return Object.fromEntries(
    Object.entries(facts).map(([kind, fact]) => [kind, stableFact(kind as FactKind, fact as never)]),
  );
}

describe("one scanner at a moment", () => {
  test("has the facts of its newest report by then, and of no other [EXP-6]", async () => {
    for (const one of fleet)
      for (const atMs of [beganMs, ...one.reports.flatMap((report) => [report.atMs, report.atMs + 30_000])]) {
        const then = await everywhere().past.scanner({ scannerId: one.client.scannerId as never, atMs });
        const facts = Object.fromEntries(then.facts.map(({ kind, fact }) => [kind, fact]));
        expect(facts).toEqual(stable(reportAt(one, atMs)?.facts ?? {}));
      }
  });

  test("before its first report nothing is known of it, which is not nominal [EXP-6, SEE-14]", async () => {
    for (const one of fleet) {
      const then = await everywhere().past.scanner({
        scannerId: one.client.scannerId as never,
        atMs: beganMs,
      });
      expect(then).toMatchObject({
        headline: null,
        facts: [],
        findings: [],
        running: null,
        lastKnown: false,
      });
    }
  });

  test("while it was silent its facts are said to be the last known ones [EXP-6, SEE-14]", async () => {
    const scannerId = fleet[0]?.client.scannerId as never;
    const then = await everywhere().past.scanner({ scannerId, atMs: server.clock.wallMs });
    expect(then.headline?.word).toBe("offline");
    expect(then.lastKnown).toBe(true);
    expect(then.facts.length).toBeGreaterThan(0);
    const heard = await everywhere().past.scanner({ scannerId, atMs: fleet[0]?.reports[1]?.atMs ?? 0 });
    expect(heard.lastKnown).toBe(false);
  });

  test("of another site is refused like one that does not exist [P-02]", async () => {
    // One after the other: an answer that nobody waits for yet would be an error of the whole run.
    for (const scannerId of [fleet[0]?.client.scannerId, v7()]) {
      const asked = here().past.scanner({ scannerId: scannerId as never, atMs: beganMs });
      expect(refusalIn(await asked.catch((error: unknown) => error))?.code).toBe("not-found");
    }
  });
});

describe("the fleet at a moment", () => {
  test("stands as the server decided it then, scanner by scanner, in one's own sites [EXP-6, P-03]", async () => {
    for (const { atMs, words } of seenHeadlines)
      for (const [person, sites] of [
        [here(), [server.scope.siteId]],
        [everywhere(), [server.scope.siteId, otherSite]],
      ] as const) {
        const then = await person.past.fleet({ atMs });
        const mine = fleet
          .filter(({ siteId }) => sites.includes(siteId))
          .map(({ client }) => client.scannerId);
        expect(
          Object.fromEntries(then.rows.map((row) => [row.scannerId, row.headline?.word ?? null])),
        ).toEqual(Object.fromEntries(mine.map((id) => [id, words.get(id) ?? null])));
        const known = mine.flatMap((id) => words.get(id) ?? []);
        expect(then.notKnown).toBe(mine.length - known.length);
        for (const word of new Set(known))
          expect(then.counts[word as "offline"]).toBe(known.filter((one) => one === word).length);
      }
  });

  test("ran what each scanner's newest report by then said [EXP-6]", async () => {
    for (const { atMs } of seenHeadlines) {
      const then = await everywhere().past.fleet({ atMs });
      const ran = new Map<string | null, number>();
      for (const one of fleet) {
        const closures = reportAt(one, atMs)?.facts.closures as
          | { value: { running: { value: { path: string } } } }
          | undefined;
        const path = closures?.value.running.value.path ?? null;
        ran.set(path, (ran.get(path) ?? 0) + 1);
      }
      expect(new Map(then.releases.map(({ toplevel, count }) => [toplevel, count]))).toEqual(ran);
    }
  });

  test("comes page by page, each scanner once, most severe first, and filtered by how it stood [EXP-6, UI-1]", async () => {
    const { atMs } = seenHeadlines.at(-1) ?? { atMs: 0 };
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await everywhere().past.fleet({ atMs, limit: 2, cursor });
      ids.push(...page.rows.map((row) => row.scannerId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(ids).toEqual((await everywhere().past.fleet({ atMs })).rows.map((row) => row.scannerId));
    expect(new Set(ids).size).toBe(SCANNERS);
    const offline = await everywhere().past.fleet({ atMs, headline: ["offline"] });
    expect(offline.rows.map((row) => row.scannerId)).toEqual([fleet[0]?.client.scannerId]);
  });

  test("is recorded from the first headline in scope until now [EXP-6]", async () => {
    expect(await everywhere().past.range()).toEqual({
      fromMs: beganMs + APART_MS,
      toMs: server.clock.wallMs,
    });
    expect(
      await callerAs(server, "viewer", [])
        .past.range()
        .catch(() => "refused"),
    ).toBe("refused");
  });
});

describe("two sides", () => {
  const factsOf = (side: { facts: { kind: string; fact: unknown }[] }) =>
    new Map(side.facts.map(({ kind, fact }) => [kind, fact as StableFact]));

  test("of one scanner at one time differ in nothing [EXP-6, EXP-9]", async () => {
    const side = { scannerId: fleet[1]?.client.scannerId as never, atMs: null };
    const { a, b } = await everywhere().compare.sides({ a: side, b: side });
    expect(diffFacts(factsOf(a), factsOf(b)).flatMap(({ differ }) => differ)).toEqual([]);
  });

  test("of one scanner at two times differ in what changed between its reports [EXP-6]", async () => {
    const [, one] = fleet;
    const [first] = one?.reports ?? [];
    const last = one?.reports.at(-1);
    const scannerId = one?.client.scannerId as never;
    const { a, b } = await everywhere().compare.sides({
      a: { scannerId, atMs: first?.atMs ?? 0 },
      b: { scannerId, atMs: null },
    });
    const expected = diffFacts(
      new Map(Object.entries(stable(first?.facts ?? {}))),
      new Map(Object.entries(stable(last?.facts ?? {}))),
    );
    expect(diffFacts(factsOf(a), factsOf(b))).toEqual(expected);
    expect(expected.flatMap(({ differ }) => differ).length).toBeGreaterThan(0);
  });

  test("show the packages of both where both path lists are known, and say why where not [EXP-9, SEE-14]", async () => {
    const reporting = fleet.filter(({ reports }) => reports.length > 0);
    for (const one of reporting)
      for (const other of reporting) {
        const { closures } = await everywhere().compare.sides({
          a: { scannerId: one.client.scannerId as never, atMs: null },
          b: { scannerId: other.client.scannerId as never, atMs: null },
        });
        const known = [one, other].every(({ reports }) => reports.at(-1)?.said.closure !== null);
        expect("unavailable" in closures).toBe(!known);
      }
  });

  test("a side of another site is refused like one that does not exist [P-02]", async () => {
    const mine = { scannerId: fleet[1]?.client.scannerId as never, atMs: null };
    const theirs = { scannerId: fleet[0]?.client.scannerId as never, atMs: null };
    for (const sides of [
      { a: mine, b: theirs },
      { a: theirs, b: mine },
    ])
      expect(
        refusalIn(
          await here()
            .compare.sides(sides)
            .catch((error: unknown) => error),
        )?.code,
      ).toBe("not-found");
  });
});
