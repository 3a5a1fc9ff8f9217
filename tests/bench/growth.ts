import type { ScannerId } from "#core/identity/identity.ts";
import { type Bench, byEffort, type Context, type Outcome } from "#tests/bench/bench.ts";
import { atMost, compared } from "#tests/bench/figure.ts";
import { INTERVALS_A_MONTH, insertHistory } from "#tests/bench/history.ts";
import { startPortal } from "#tests/bench/ingress.ts";
import { inTurns } from "#tests/bench/pairs.ts";
import { type BenchDatabase, openPostgres } from "#tests/bench/postgres.ts";
import { quantile } from "#tests/bench/statistics.ts";
import { insertFleet } from "#tests/support/big-fleet.ts";
import { firstAdmin, type Portal } from "#tests/support/portal.ts";

const SCANNERS = 1_240;
const MONTHS = { young: 1, old: 24 };
const DAY = 24 * 60 * 60_000;
/** Each round asks about as many scanners, spread over the fleet. */
const ASKED = 10;

/** What people ask, as the pages ask it. */
type Question = {
  id: string;
  what: string;
  /** Where it is not that of the others. */
  limits?: string;
  ask: (api: Portal["api"], scannerId: ScannerId, nowMs: number) => Promise<unknown>;
};
const QUESTIONS: readonly Question[] = [
  { id: "fleet", what: "Fleet table, first rows", ask: (api) => api.scanner.list.query({}) },
  { id: "counts", what: "Fleet table, counts", ask: (api) => api.scanner.counts.query({ query: "" }) },
  { id: "scanner", what: "Scanner page", ask: (api, scannerId) => api.scanner.get.query({ scannerId }) },
  {
    id: "timeline",
    what: "Time axis, last 14 days",
    ask: (api, scannerId, nowMs) =>
      api.scanner.timeline.query({ scannerId, fromMs: nowMs - 14 * DAY, toMs: nowMs }),
  },
  {
    id: "past-scanner",
    what: "One scanner a week ago, facts and findings",
    ask: (api, scannerId, nowMs) => api.past.scanner.query({ scannerId, atMs: nowMs - 7 * DAY }),
  },
  {
    id: "past-fleet",
    what: "The fleet a week ago",
    ask: (api, _, nowMs) => api.past.fleet.query({ atMs: nowMs - 7 * DAY }),
    limits:
      "steps into an index for each of 1,240 scanners, and the index is 24 times as large; why it shows here and not above was not found",
  },
];

type Side = { api: Portal["api"]; scannerIds: ScannerId[] };

async function run(context: Context): Promise<Outcome> {
  const databases = await openPostgres(context, ["young", "old"]);
  const sides = {
    young: await prepare(context, databases.young, "young"),
    old: await prepare(context, databases.old, "old"),
  };
  const rounds = byEffort(context, { short: 2, usual: 7, long: 15 });
  const figures = [];
  for (const question of QUESTIONS) {
    const times = await inTurns(context, question.what, rounds, {
      old: () => typical(sides.old, question),
      young: () => typical(sides.young, question),
    });
    const about = {
      id: `growth.${question.id}`,
      what: question.what,
      unit: "ms",
      aim: atMost("ratio", 1.25),
      limits:
        question.limits ?? "PostgreSQL steps into an index by scanner and time; what lies before is not read",
    } as const;
    figures.push(compared(about, times.old, { what: "with one month", samples: times.young }));
  }
  const rows = Math.round((SCANNERS * INTERVALS_A_MONTH * MONTHS.old) / 1000);
  return {
    kind: "measured",
    figures,
    notes: [
      `${SCANNERS.toLocaleString("en-GB")} scanners with 24 months of history (${rows},000 intervals), against the same fleet with one month; two servers, two databases of one PostgreSQL, asked in turns through the same procedures as the pages, ${ASKED} times a round.`,
    ],
  };
}

async function prepare(context: Context, database: BenchDatabase, name: keyof typeof MONTHS): Promise<Side> {
  const { url } = await startPortal(context, database.appUrl, name);
  const { api } = await firstAdmin(url);
  context.progress(`writing ${MONTHS[name]} months of history`);
  const { scannerIds } = await insertFleet(database.ownerUrl, {
    scanners: SCANNERS,
    aheadMs: 60 * 60_000,
  });
  await insertHistory(database, MONTHS[name]);
  const step = Math.floor(scannerIds.length / ASKED);
  const asked = Array.from({ length: ASKED }, (_, index) => scannerIds[index * step] as ScannerId);
  return { api, scannerIds: asked };
}

/** Milliseconds of the question in the middle: one of them may have met a checkpoint. */
async function typical({ api, scannerIds }: Side, { ask }: Question): Promise<number> {
  const times: number[] = [];
  for (const scannerId of scannerIds) {
    const nowMs = Date.now();
    const started = performance.now();
    await ask(api, scannerId, nowMs);
    times.push(performance.now() - started);
  }
  return quantile(times, 0.5);
}

export const growth: Bench = { name: "growth", about: "Questions after 24 months of history", run };
