import type { FleetFilter } from "#core/fleet/filter.ts";
import type { PackedOrder } from "#core/fleet/order.ts";
import type { HeadlineWord } from "#core/headline/axes.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";
import type { Now } from "#server/report/situation.ts";
import {
  FLEET_FROM,
  fleetWhere,
  headlineWhere,
  rankOf,
  SORT_KEYS,
  TRIPPED,
  WORD,
} from "./fleet-where-store.ts";

/** One look at the keys of the fleet: who matches, how many of each headline, in which order. No row's content is read here. */

const { sql, join } = Prisma;
type Sql = Prisma.Sql;

export type FleetQuery = { filter: FleetFilter; now: Now };
export type HeadlineCount = {
  word: HeadlineWord;
  tripped: boolean;
  count: number;
  /** Of these: how many have a pinned release, and how many were seen to run it. */
  pinned: number;
  onPin: number;
};

const MATCHED = { word: sql`m."word"`, tripped: sql`m."tripped"` };
const RANK = rankOf(MATCHED.word, MATCHED.tripped);

const COUNTED = sql`${WORD} as "word", ${TRIPPED} as "tripped", s."pinnedReleaseId" is not null as "pinned",
  coalesce(st."currency" = 'current', false) as "current"`;

/** All that the conditions leave, whatever its headline, with the keys it is sorted by. */
function matched({ filter, now }: FleetQuery): Sql {
  const keys = SORT_KEYS[filter.sort.by].map(({ key }, at) => sql`${key} as ${named(`k${at}`)}`);
  return sql`select ${join([sql`s."id", s."serial"`, COUNTED, ...keys])} ${FLEET_FROM} ${fleetWhere(filter, now)}`;
}

const named = (name: string): Sql => Prisma.raw(`"${name}"`);

/** What has no key (never heard, no known release) comes last, however the table is turned; a serial decides between equals. */
function ordered({ sort }: FleetFilter): Sql {
  const direction = (falling: boolean) => Prisma.raw(falling === sort.descending ? "asc" : "desc");
  const keys = SORT_KEYS[sort.by].map(
    (key, at) => sql`m.${named(`k${at}`)} ${direction("falling" in key)} nulls last`,
  );
  const rank = sort.by === "severity" ? [sql`${RANK} ${direction(false)}`] : [];
  const tie = sort.by === "serial" ? sql`m."serial" ${direction(false)}` : sql`m."serial"`;
  return sql`order by ${join([...rank, ...keys, tie, sql`m."id"`])}`;
}

const COUNTS = sql`select m."word", m."tripped", count(*)::int as "count", (count(*) filter (where m."pinned"))::int as "pinned",
  (count(*) filter (where m."pinned" and m."current"))::int as "onPin"`;

export async function fleetPage(
  tx: Tx,
  query: FleetQuery,
  page: { offset: number; limit: number },
): Promise<{ counts: HeadlineCount[]; ids: string[] }> {
  const [row] = await tx.$queryRaw<{ counts: HeadlineCount[]; ids: string[] }[]>`
    with m as materialized (${matched(query)})
    select (select coalesce(json_agg(c), '[]') from (${COUNTS} from m group by 1, 2) c) as "counts", array(select m."id"::text from m ${headlineWhere(query.filter, MATCHED)}
      ${ordered(query.filter)} limit ${page.limit} offset ${page.offset}) as "ids"`;
  return row ?? { counts: [], ids: [] };
}

/** Counted in one go over the rows as they are read; kept for a second look, they would cost half as much again. */
export async function fleetCounts(tx: Tx, { filter, now }: FleetQuery): Promise<HeadlineCount[]> {
  return await tx.$queryRaw<HeadlineCount[]>`
    ${COUNTS} from (select ${COUNTED} ${FLEET_FROM} ${fleetWhere(filter, now)}) m group by 1, 2`;
}

/** Every id that matches, in order, and what its headline ranks, as core/fleet/order.ts reads them. */
export async function fleetOrder(tx: Tx, query: FleetQuery): Promise<PackedOrder> {
  const order = ordered(query.filter);
  const [row] = await tx.$queryRaw<PackedOrder[]>`
    select coalesce(replace(encode(string_agg(uuid_send(m."id"), ''::bytea ${order}), 'base64'), E'\n', ''), '') as "ids",
      coalesce(string_agg(chr(97 + ${RANK}), '' ${order}), '') as "ranks"
    from (${matched(query)}) m ${headlineWhere(query.filter, MATCHED)}`;
  return row ?? { ids: "", ranks: "" };
}
