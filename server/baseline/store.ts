import { v7 as uuidv7 } from "uuid";
import type { Manifest } from "#core/manifest/item.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";

export type ObservedRelease = {
  scope: { organisationId: string; regionId: string; siteId: string };
  observedOnId: string;
  name: string;
  manifest: Manifest;
  note: string;
  createdBy: string;
};

/** @returns the new release's id */
export async function createObservedRelease(tx: Tx, release: ObservedRelease): Promise<string> {
  const { scope, manifest, ...rest } = release;
  const id = uuidv7();
  await tx.release.create({
    data: {
      ...scope,
      ...rest,
      id,
      origin: "observed",
      toplevel: manifest.toplevel,
      closureDigest: manifest.closureDigest,
      manifest: manifest as unknown as Prisma.InputJsonValue,
    },
  });
  return id;
}

export async function pinRelease(
  tx: Tx,
  scannerId: string,
  pin: { releaseId: string; by: string; atMs: number },
): Promise<void> {
  await tx.scanner.update({
    where: { id: scannerId },
    data: { pinnedReleaseId: pin.releaseId, pinnedAt: new Date(pin.atMs), pinnedBy: pin.by },
  });
}
