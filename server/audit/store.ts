import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";

/** fid_app may call these three functions of the audit schema and nothing else there. */
/** Hash as hex. */
type Head = { seq: number; hash: string };
type Row = { seq: bigint; at: Date; actor: string; action: string; body: string };

export async function append(tx: Tx, chain: string, event: { actor: string; action: string; body: string }) {
  const rows = await tx.$queryRaw<{ seq: bigint }[]>`
    select audit.append(${chain}, ${event.actor}, ${event.action}, ${event.body}) as seq`;
  return rows[0];
}

type Event = { chain: string; actor: string; action: string; body: string };

/** One statement for any number of events; each chain takes them in their order. */
export async function appendAll(tx: Tx, events: readonly Event[]): Promise<void> {
  await tx.$executeRaw`
    select count(audit.append(event."chain", event."actor", event."action", event."body")) from (
      select * from jsonb_to_recordset(${JSON.stringify(events.map((event, place) => ({ ...event, place })))}::jsonb)
        as event("chain" text, "actor" text, "action" text, "body" text, "place" int) order by "place") as event`;
}

export async function head(tx: Tx, chain: string): Promise<Head | undefined> {
  const rows = await tx.$queryRaw<{ head: Head | null }[]>`select ${headSql(chain)} as head`;
  return rows[0]?.head ?? undefined;
}

/** The same, and the hash at one place of a chain, as parts of a statement that reads more; null as place: of none. */
export const headSql = (chain: string) => Prisma.sql`(
  select jsonb_build_object('seq', seq, 'hash', encode(hash, 'hex')) from audit.head(${chain}))`;
export const hashAtSql = (chain: string, seq: number | null) =>
  seq === null ? Prisma.sql`null::text` : Prisma.sql`encode(audit.hash_at(${chain}, ${seq}::bigint), 'hex')`;

export async function read(tx: Tx, chain: string, beforeSeq: number | null, limit: number): Promise<Row[]> {
  return await tx.$queryRaw<Row[]>`
    select seq, at, actor, action, body from audit.read(${chain}, ${beforeSeq}::bigint, ${limit}::integer)`;
}
