import type { Tx } from "#server/database/scoped.ts";

/** fid_app may call these three functions of the audit schema and nothing else there. */
type Head = { seq: bigint; hash: Uint8Array };
type Row = { seq: bigint; at: Date; actor: string; action: string; body: string };

export async function append(tx: Tx, chain: string, event: { actor: string; action: string; body: string }) {
  const rows = await tx.$queryRaw<{ seq: bigint }[]>`
    select audit.append(${chain}, ${event.actor}, ${event.action}, ${event.body}) as seq`;
  return rows[0];
}

export async function head(tx: Tx, chain: string): Promise<Head | undefined> {
  const rows = await tx.$queryRaw<Head[]>`select seq, hash from audit.head(${chain})`;
  return rows[0];
}

export async function read(tx: Tx, chain: string, beforeSeq: number | null, limit: number): Promise<Row[]> {
  return await tx.$queryRaw<Row[]>`
    select seq, at, actor, action, body from audit.read(${chain}, ${beforeSeq}::bigint, ${limit}::integer)`;
}
