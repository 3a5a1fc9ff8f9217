import type { Tx } from "#server/database/scoped.ts";

export async function siteOfScanner(tx: Tx, id: string): Promise<string | null> {
  return (await tx.scanner.findUnique({ where: { id }, select: { siteId: true } }))?.siteId ?? null;
}

export async function siteInReach(tx: Tx, id: string): Promise<string | null> {
  return (await tx.site.findUnique({ where: { id }, select: { id: true } }))?.id ?? null;
}

export async function organisation(tx: Tx): Promise<string | null> {
  return (await tx.organisation.findFirst({ select: { id: true } }))?.id ?? null;
}

export async function firstSite(tx: Tx): Promise<string | null> {
  return (await tx.site.findFirst({ select: { id: true }, orderBy: { name: "asc" } }))?.id ?? null;
}

/** Names of the people and serials of the scanners among these ids. */
export async function namesOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const distinct = [...new Set(ids)];
  const people = await tx.user.findMany({
    where: { id: { in: distinct } },
    select: { id: true, name: true },
  });
  const uuids = distinct.filter((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id));
  const scanners = await tx.scanner.findMany({
    where: { id: { in: uuids } },
    select: { id: true, serial: true },
  });
  return new Map([
    ...people.map(({ id, name }) => [id, name] as const),
    ...scanners.map(({ id, serial }) => [id, serial] as const),
  ]);
}
