import type { Membership } from "#core/access/membership.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";
import { changeRows } from "./rows.ts";
import * as store from "./store.ts";
import type { ChangeList } from "./view.ts";

export type ListAsk = { scannerId: ScannerId | null; open: boolean; limit: number };

export async function listChanges(
  tx: Tx,
  ask: ListAsk,
  { memberships }: { memberships: readonly Membership[] },
): Promise<ChangeList> {
  if (ask.scannerId !== null && (await store.scannersToChange(tx, [ask.scannerId])).length === 0)
    throw new Refusal("not-found");
  const records = await store.changes(tx, { ...ask, limit: ask.limit + 1 });
  const rows = await changeRows(tx, records.slice(0, ask.limit), memberships);
  return { rows, more: records.length > ask.limit };
}
