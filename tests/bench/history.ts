import { stableFact } from "#core/report/digest.ts";
import { exampleFacts } from "#core/report/example-facts.ts";
import type { FactKind } from "#core/report/kinds.ts";
import type { BenchDatabase } from "#tests/bench/postgres.ts";

/** Intervals of a fleet's past, made inside PostgreSQL: so many of each sort a month, evenly, the last of each still open. */
const FACTS_A_MONTH = { closures: 1, kernel: 1, host: 2, provided: 4, units: 6 } as const satisfies Partial<
  Record<FactKind, number>
>;
const FINDINGS_A_MONTH = 4;
const HEADLINES_A_MONTH = 6;

export const INTERVALS_A_MONTH =
  Object.values(FACTS_A_MONTH).reduce((sum, one) => sum + one, 0) + FINDINGS_A_MONTH + HEADLINES_A_MONTH;

export async function insertHistory(database: BenchDatabase, months: number): Promise<void> {
  const facts = exampleFacts();
  await database.sql(`truncate "FactInterval", "FindingInterval", "HeadlineInterval"`);
  for (const [kind, aMonth] of Object.entries(FACTS_A_MONTH)) {
    const fact = facts[kind as FactKind];
    if (fact === undefined) throw new Error(`no example of ${kind}`);
    await insertFacts(database, kind, stableFact(kind as FactKind, fact as never), { months, aMonth });
  }
  await insertFindings(database, { months, aMonth: FINDINGS_A_MONTH });
  await insertHeadlines(database, { months, aMonth: HEADLINES_A_MONTH });
  await database.sql("vacuum analyze");
}

type Span = { months: number; aMonth: number };

/** Scanner and turn; `opened` and `closed` of that turn. $1 is how many there are, $2 how many hours each lasts. */
const TURNS = `(select s.*, turn, now() - ($1::int - turn) * ($2::text || ' hours')::interval as opened,
    case when turn = $1::int - 1 then null else now() - ($1::int - turn - 1) * ($2::text || ' hours')::interval end as closed
  from "Scanner" s, generate_series(0, $1::int - 1) as turn) t`;

const HOURS_A_MONTH = 30 * 24;
const spanned = ({ months, aMonth }: Span): [number, string] => [
  months * aMonth,
  String(HOURS_A_MONTH / aMonth),
];

async function insertFacts({ sql }: BenchDatabase, kind: string, value: unknown, span: Span): Promise<void> {
  await sql(
    `insert into "FactInterval" (id, "organisationId", "regionId", "siteId", "scannerId", kind, value, "openedAt", "openedBoot",
       "openedStart", "openedSeq", "closedAt")
     select gen_random_uuid(), "organisationId", "regionId", "siteId", id, $3, jsonb_set($4::jsonb, '{observed,turn}', to_jsonb(turn)),
       opened, 1, 1, turn + 1, closed from ${TURNS}`,
    [
      ...spanned(span),
      kind,
      JSON.stringify(Array.isArray((value as { observed: unknown }).observed) ? { observed: {} } : value),
    ],
  );
}

async function insertFindings({ sql }: BenchDatabase, span: Span): Promise<void> {
  const finding = {
    itemId: "unit:scanner-part-3.service",
    kind: "unit",
    class: "function",
    problem: "different",
    expected: { op: "eq", want: "active" },
    actual: "failed",
    reason: null,
    unit: null,
    riskControlId: null,
    sinceMs: 0,
  };
  await sql(
    `insert into "FindingInterval" (id, "organisationId", "regionId", "siteId", "scannerId", "itemId", class, signature, finding,
       "openedAt", "closedAt")
     select gen_random_uuid(), "organisationId", "regionId", "siteId", id, $4, 'function', md5(turn::text), $3::jsonb,
       opened, coalesce(closed, now()) from ${TURNS}`,
    [...spanned(span), JSON.stringify(finding), finding.itemId],
  );
}

async function insertHeadlines({ sql }: BenchDatabase, span: Span): Promise<void> {
  await sql(
    `insert into "HeadlineInterval" (id, "organisationId", "regionId", "siteId", "scannerId", headline, variant, reason, "openedAt", "closedAt")
     select gen_random_uuid(), "organisationId", "regionId", "siteId", id, (array['nominal', 'degraded'])[1 + turn % 2], null,
       '{"code":"as-expected"}'::jsonb, opened, closed from ${TURNS}`,
    spanned(span),
  );
}
