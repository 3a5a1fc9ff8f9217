import type { FilterField, FleetFilter, SortBy } from "#core/fleet/filter.ts";
import { spanMs } from "#core/fleet/span.ts";
import { HEADLINES } from "#core/headline/axes.ts";
import { LATE_AFTER_MS, OFFLINE_AFTER_MS, REPORTS_TO_LEAVE_OFFLINE } from "#core/protocol/timing.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { likeAnywhere } from "#server/database/like.ts";
import type { Now } from "#server/report/situation.ts";

/** The filter's words as SQL. Every value is a parameter; row-level security stands behind each table. */

const { sql, join, raw } = Prisma;
type Sql = Prisma.Sql;

/**
 * `st` and `l` are missing for a scanner that never reported, `cr` unless what runs is a known release. Nothing here leaves a scanner
 * out or doubles it, so PostgreSQL reads only those tables that a question names.
 */
export const FLEET_FROM = sql`from "Scanner" s left join "Site" si on si."id" = s."siteId"
  left join "ScannerState" st on st."scannerId" = s."id" left join "ScannerLink" l on l."scannerId" = s."id"
  left join "Release" cr on cr."id" = st."comparedWithId" and cr."toplevel" = st."runningToplevel"
  left join "Release" pr on pr."id" = s."pinnedReleaseId"`;

/** Pending and refused scanners are nobody's fleet. */
export const ENROLLED = sql`s."identity" in ('approved', 'locked-out', 'retired')`;

export const WORD = sql`case when s."identity" = 'retired' or s."service" = 'retired' then 'retired' else coalesce(st."headline", 'unknown') end`;
export const TRIPPED = sql`coalesce(st."headlineVariant" = 'tripped', false)`;
/** As core/fleet/rank.ts has it, of a word and its trip. */
export const rankOf = (word: Sql, tripped: Sql): Sql =>
  sql`(case ${word} ${join(
    HEADLINES.map((headline, place) => sql`when ${raw(`'${headline}'`)} then ${raw(String(2 * place))}`),
    " ",
  )} end + ${tripped}::int)`;
/** As linkStateOf reads it: the hot row is written with the next batch, the newest report at once. */
const LAST_SEEN = sql`case when st."scannerId" is not null then greatest(l."lastSeenAt", st."receivedAt") end`;
/** As fleet-row.ts has it: the moment a scanner never heard of came to be. */
const SINCE = sql`coalesce(st."headlineSince", s."createdAt")`;

/** core/headline/link.ts over columns; the server's own outage is nobody's silence. */
function linkWord({ nowMs, observingSinceMs }: Now): Sql {
  const silentMs = sql`${nowMs}::double precision - greatest(extract(epoch from ${LAST_SEEN}) * 1000, ${observingSinceMs}::double precision)`;
  return sql`case when ${LAST_SEEN} is null then 'never'
    when ${silentMs} > ${OFFLINE_AFTER_MS} or coalesce(l."messagesSinceOffline", ${REPORTS_TO_LEAVE_OFFLINE}) < ${REPORTS_TO_LEAVE_OFFLINE} then 'offline'
    when ${silentMs} > ${LATE_AFTER_MS} then 'late' else 'live' end`;
}

/** core/headline/service.ts over columns: a maintenance mark ends by itself. */
const serviceWord = ({ nowMs }: Now): Sql => sql`case when s."identity" = 'retired' then 'retired'
  when s."service" = 'maintenance' and extract(epoch from s."serviceUntil") * 1000 < ${nowMs}::double precision then 'in-service'
  else s."service" end`;

const anyOf = (column: Sql, values: readonly string[]): Sql => sql`${column} = any(${[...values]}::text[])`;
/** An empty value asks for the scanners that have none. */
const anyOrNone = (column: Sql, values: readonly string[]): Sql =>
  anyOf(sql`coalesce(${column}, '')`, values);
const idIn = (column: Sql, values: readonly string[]): Sql => sql`${column} = any(${[...values]}::uuid[])`;

type Condition = (values: readonly string[], now: Now) => Sql;

const agoText = (values: readonly string[], { nowMs }: Now): Sql => {
  const atMs = nowMs - (spanMs(values[0] ?? "") ?? 0);
  return sql`to_timestamp(${atMs / 1000}::double precision)`;
};

const PIN = sql`case when s."pinnedReleaseId" is null then 'none' when st."currency" = 'current' then 'on' else 'off' end`;

/** As stored-beliefs.ts reads it: what nobody said is not known, unless the agent says that it makes no changes. */
const CHANGE = sql`case when st."scannerId" is null then 'unknown'
  when st."changeSince" is not null and st."changeDetail" is not null then st."change"
  when (st."axisReasons" -> 'changesEnabled')::boolean then 'unknown' else 'none' end`;

const CONDITIONS = {
  search: ([text = ""]) => {
    const like = likeAnywhere(text);
    return sql`(s."serial" ilike ${like} or s."alias" ilike ${like} or si."name" ilike ${like}
      or s."model" ilike ${like} or s."hostname" ilike ${like} or s."room" ilike ${like})`;
  },
  site: (values) => idIn(sql`s."siteId"`, values),
  region: (values) => idIn(sql`s."regionId"`, values),
  model: (values) => anyOrNone(sql`s."model"`, values),
  tag: (values) => {
    const tags = values.filter((value) => value !== "");
    return values.includes("")
      ? sql`(s."tags" && ${tags}::text[] or cardinality(s."tags") = 0)`
      : sql`s."tags" && ${tags}::text[]`;
  },
  service: (values, now) => anyOf(serviceWord(now), values),
  running: (values) => anyOrNone(sql`cr."name"`, values),
  pinned: (values) => anyOrNone(sql`pr."name"`, values),
  pin: (values) => anyOf(PIN, values),
  safety: (values) => anyOf(sql`coalesce(st."safety", 'unknown')`, values),
  link: (values, now) => anyOf(linkWord(now), values),
  software: (values) => anyOf(sql`coalesce(st."software", 'unknown')`, values),
  change: (values) => anyOf(CHANGE, values),
  "seen-before": (values, now) => sql`coalesce(${LAST_SEEN} < ${agoText(values, now)}, true)`,
  "seen-within": (values, now) => sql`${LAST_SEEN} >= ${agoText(values, now)}`,
  item: (values) =>
    sql`(${join(
      values.map((itemId) => sql`st."findings" @> ${JSON.stringify([{ itemId }])}::jsonb`),
      " or ",
    )})`,
  origin: (values) => anyOf(sql`s."origin"`, values),
} as const satisfies Record<Exclude<FilterField, "headline">, Condition>;

/**
 * Everything but the headline: the legend counts what the other conditions leave. Retired scanners stay in, they are a headline like
 * the others.
 */
export function fleetWhere(filter: FleetFilter, now: Now): Sql {
  const conditions = (Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[])
    .filter((field) => filter[field].length > 0)
    .map((field) => (CONDITIONS[field] as Condition)(filter[field], now));
  return sql`where ${join([ENROLLED, ...conditions], " and ")}`;
}

/** Unless a headline is asked for, retired scanners are left out; they count in no total. */
export function headlineWhere(filter: FleetFilter, at: { word: Sql; tripped: Sql }): Sql {
  const words = filter.headline.filter((value) => value !== "tripped");
  if (filter.headline.length === 0) return sql`where ${at.word} <> 'retired'`;
  if (words.length === filter.headline.length) return sql`where ${anyOf(at.word, words)}`;
  return sql`where (${anyOf(at.word, words)} or (${at.tripped} and ${at.word} = 'unsafe'))`;
}

/** `falling`: the other way round than the column's own order. */
type SortKey = { key: Sql; falling?: true };

/**
 * Sort keys by name, each ascending by what the cell shows: a time that is shown as an age grows as it lies further back. Names are
 * compared as people read them, not by bytes. Of severity it is what follows the rank.
 */
export const SORT_KEYS = {
  severity: [{ key: SINCE, falling: true }],
  serial: [],
  site: [{ key: sql`si."name" collate "und-x-icu"` }],
  since: [{ key: SINCE, falling: true }],
  report: [{ key: LAST_SEEN, falling: true }],
  running: [{ key: sql`cr."name"` }],
} as const satisfies Record<SortBy, readonly SortKey[]>;
