import { v7 } from "uuid";
import type { OrganisationId } from "#core/identity/identity.ts";
import type { Tx } from "#server/act.ts";

/** A view names no scanner and belongs to no site, so row-level security has nothing to say: who sees it is asked here. */
type Row = { name: string; purpose: string; query: string; shared: boolean };

export async function viewsFor(tx: Tx, ownerId: string, withShared: boolean) {
  return await tx.savedView.findMany({
    where: { OR: [{ ownerId }, ...(withShared ? [{ shared: true }] : [])] },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
}
export type SavedViewRow = Awaited<ReturnType<typeof viewsFor>>[number];

export async function viewById(tx: Tx, id: string) {
  return await tx.savedView.findUnique({ where: { id } });
}

export async function countOf(tx: Tx, ownerId: string): Promise<number> {
  return await tx.savedView.count({ where: { ownerId } });
}

export async function createView(
  tx: Tx,
  owner: { organisationId: OrganisationId; ownerId: string },
  row: Row,
): Promise<string> {
  const id = v7();
  await tx.savedView.create({ data: { id, ...owner, ...row } });
  return id;
}

export async function updateView(tx: Tx, id: string, row: Partial<Row>): Promise<void> {
  await tx.savedView.update({ where: { id }, data: row });
}

export async function deleteView(tx: Tx, id: string): Promise<void> {
  await tx.savedView.delete({ where: { id } });
}

export async function ownerNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.user.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
