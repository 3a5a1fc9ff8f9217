import type { Term } from "#core/ask/terms.ts";
import type { Tx } from "#server/database/scoped.ts";

/** Rows of the index that answers what the fleet has (docs/decisions/0016-ask-the-fleet.md). */

export async function knownSets(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.factSet.findMany({ where: { id: { in: [...ids] } } });
  return new Set(rows.map(({ id }) => id));
}

/** In the order of the ids, so that two transactions with the same contents wait for each other instead of locking each other out. */
export async function insertSets(tx: Tx, sets: ReadonlyMap<string, readonly Term[]>): Promise<void> {
  const ids = [...sets.keys()].sort();
  const made = await tx.$queryRaw<{ id: string }[]>`
    insert into "FactSet" ("id") select * from unnest(${ids}::uuid[]) on conflict do nothing returning "id"`;
  const rows = made.flatMap(({ id }) =>
    (sets.get(id) ?? []).map((term, position) => ({ setId: id, position, ...term })),
  );
  if (rows.length === 0) return;
  await tx.$executeRaw`
    insert into "FactTerm" ("setId", "position", "kind", "name", "value")
    select "setId", "position", "kind", "name", "value"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as row("setId" uuid, "position" int, "kind" text, "name" text, "value" text)`;
}

export type UnplacedInterval = { id: string; kind: string; value: unknown };

/** Intervals that are not in the index: those that still hold first. They are locked until the transaction ends; others are left out. */
export async function unplacedIntervals(tx: Tx, limit: number): Promise<UnplacedInterval[]> {
  const open = await unplaced(tx, limit, true);
  return open.length > 0 ? open : await unplaced(tx, limit, false);
}

async function unplaced(tx: Tx, limit: number, open: boolean): Promise<UnplacedInterval[]> {
  return open
    ? await tx.$queryRaw<UnplacedInterval[]>`
        select "id", "kind", "value" from "FactInterval" where "setId" is null and "closedAt" is null
        limit ${limit} for update skip locked`
    : await tx.$queryRaw<UnplacedInterval[]>`
        select "id", "kind", "value" from "FactInterval" where "setId" is null limit ${limit} for update skip locked`;
}

export async function placeIntervals(
  tx: Tx,
  places: readonly { id: string; setId: string }[],
): Promise<void> {
  await tx.$executeRaw`
    update "FactInterval" i set "setId" = place."setId"
    from unnest(${places.map(({ id }) => id)}::uuid[], ${places.map(({ setId }) => setId)}::uuid[]) as place("id", "setId")
    where i."id" = place."id"`;
}
