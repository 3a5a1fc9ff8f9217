import type { ScannerId, Scope } from "#core/identity/identity.ts";
import type { Tx } from "#server/act.ts";

/** A key that waits beside a scanner's own: the machine that came with it goes on as this scanner once a person has compared it. */
export type NewKey = {
  id: string;
  publicKey: Uint8Array;
  hostname: string;
  hardwareFingerprint: string;
  createdAtMs: number;
};

export async function waitingKey(tx: Tx, scannerId: string) {
  return await tx.scannerKey.findFirst({ where: { scannerId, standing: "waiting", revokedAt: null } });
}
export type WaitingKey = NonNullable<Awaited<ReturnType<typeof waitingKey>>>;

/** A key that this scanner had before may come again; it waits like a new one. */
export async function keepWaiting(tx: Tx, scannerId: ScannerId, scope: Scope, key: NewKey): Promise<void> {
  const { id, hostname, hardwareFingerprint } = key;
  const at = new Date(key.createdAtMs);
  const fresh = {
    hostname,
    hardwareFingerprint,
    standing: "waiting",
    createdAt: at,
    revokedAt: null,
    decidedAt: at,
  };
  await tx.scannerKey.upsert({
    where: { id },
    create: { id, ...scope, scannerId, publicKey: new Uint8Array(key.publicKey), ...fresh },
    update: fresh,
  });
}

export async function refuseKey(tx: Tx, keyId: string, atMs: number): Promise<void> {
  await tx.scannerKey.update({
    where: { id: keyId },
    data: { standing: "refused", decidedAt: new Date(atMs) },
  });
}

/** The new key becomes the scanner's only one, and the scanner is the machine that came with it. */
export async function takeKey(
  tx: Tx,
  scannerId: ScannerId,
  key: WaitingKey,
  { by, atMs }: { by: string; atMs: number },
): Promise<void> {
  const at = new Date(atMs);
  await tx.scannerKey.updateMany({
    where: { scannerId, id: { not: key.id }, revokedAt: null },
    data: { revokedAt: at },
  });
  await tx.scannerKey.update({ where: { id: key.id }, data: { standing: "live", decidedAt: at } });
  await tx.scanner.update({
    where: { id: scannerId },
    data: {
      identity: "approved",
      identityReason: null,
      identitySince: at,
      approvedAt: at,
      approvedBy: by,
      ...(key.hostname === null ? {} : { hostname: key.hostname }),
      ...(key.hardwareFingerprint === null ? {} : { hardwareFingerprint: key.hardwareFingerprint }),
    },
  });
}

/** Back from retirement it is in service; a mark that somebody put on a scanner still in the fleet stays. */
export async function endRetirement(tx: Tx, scannerId: ScannerId): Promise<void> {
  await tx.scanner.updateMany({
    where: { id: scannerId, service: "retired" },
    data: {
      service: "in-service",
      serviceReason: null,
      serviceSince: null,
      serviceBy: null,
      serviceUntil: null,
    },
  });
}

/**
 * Another machine counts its boots from one again. What its predecessor counted moves below that, in its order, so that history stays
 * before everything that comes and no old number stands in the way of a new one. The boot id is forgotten: the same machine with a new
 * key may still be in the same boot.
 */
export async function countAnew(tx: Tx, scannerId: ScannerId, keyId: string): Promise<void> {
  const state = await tx.scannerState.findUnique({ where: { scannerId }, select: { bootCounter: true } });
  const by = Math.max(0, state?.bootCounter ?? 0);
  await tx.$executeRaw`
    update "ScannerState" set "bootCounter" = "bootCounter" - ${by}::int, "bootId" = '' where "scannerId" = ${scannerId}::uuid`;
  await tx.$executeRaw`
    update "Report" set "bootCounter" = "bootCounter" - ${by}::int where "scannerId" = ${scannerId}::uuid`;
  await tx.$executeRaw`
    update "FactInterval" set "openedBoot" = "openedBoot" - ${by}::int where "scannerId" = ${scannerId}::uuid`;
  // A save of the old machine's heartbeat that is under way waits for this row and then finds another key in it, or else the new
  // machine's first heartbeat would look like a fork (K-07) and lock it out.
  await tx.$executeRaw`
    insert into "ScannerLink" ("scannerId", "organisationId", "regionId", "siteId", "keyId")
    select "id", "organisationId", "regionId", "siteId", ${keyId} from "Scanner" where "id" = ${scannerId}::uuid
    on conflict ("scannerId") do update set "bootCounter" = 0, "startCounter" = 0, "beat" = 0, "bootId" = null,
      "factsDigest" = null, "outbox" = 0, "keyId" = excluded."keyId"`;
}

/** The hardware fingerprint that the newest unresolved lock-out saw; null: it was locked out for something else. */
export async function conflictingHardware(tx: Tx, scannerId: string): Promise<string | null> {
  const event = await tx.identityEvent.findFirst({
    where: { scannerId, resolvedAt: null, code: "other-hardware" },
    orderBy: { at: "desc" },
    select: { detail: true },
  });
  const detail = event?.detail;
  if (typeof detail !== "object" || detail === null || !("hardware" in detail)) return null;
  return typeof detail.hardware === "string" ? detail.hardware : null;
}

export async function acceptHardware(tx: Tx, scannerId: ScannerId, fingerprint: string): Promise<void> {
  await tx.scanner.update({ where: { id: scannerId }, data: { hardwareFingerprint: fingerprint } });
}
