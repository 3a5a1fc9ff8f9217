import { v7 as uuidv7 } from "uuid";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";

/** Rows of signed releases, written from verified files. They belong to the organisation: every transaction here is over all sites. */

/** Null: nobody has set the installation up yet. */
export async function organisationId(tx: Tx): Promise<string | null> {
  return (await tx.organisation.findFirst({ select: { id: true } }))?.id ?? null;
}

export async function storedReleases(tx: Tx) {
  return await tx.release.findMany({
    where: { origin: "signed" },
    select: { name: true, withdrawn: true, sha256: true },
    distinct: ["name"],
  });
}

export type SignedRow = Omit<Prisma.ReleaseUncheckedCreateInput, "id" | "origin">;

/** @returns ids, in the order of the rows */
export async function insertSystems(tx: Tx, rows: readonly SignedRow[]): Promise<string[]> {
  const data = rows.map((row) => ({ ...row, id: uuidv7(), origin: "signed" }));
  await tx.release.createMany({ data });
  return data.map(({ id }) => id);
}

export async function setWithdrawn(tx: Tx, name: string, withdrawn: string | null): Promise<void> {
  await tx.release.updateMany({ where: { origin: "signed", name }, data: { withdrawn } });
}

/** Scanners that run one of these systems, or are pinned to one: what they are compared with has changed. */
export async function scannersRunning(tx: Tx, toplevels: readonly string[]) {
  return await tx.scanner.findMany({
    where: { state: { runningToplevel: { in: [...toplevels] } } },
    select: { id: true, siteId: true },
  });
}

export async function scannerSite(tx: Tx, scannerId: string) {
  return await tx.scanner.findFirst({
    where: { id: scannerId, identity: "approved" },
    select: { id: true, siteId: true },
  });
}
