import { v7 } from "uuid";
import type { ScannerId, Scope, SiteId } from "#core/identity/identity.ts";
import type { Tx } from "#server/act.ts";

export function scopeOfSite(site: { id: string; organisationId: string; regionId: string }): Scope {
  return { organisationId: site.organisationId, regionId: site.regionId, siteId: site.id } as Scope;
}

/** Locked against closing until the transaction ends. */
export async function openSite(tx: Tx, siteId: SiteId) {
  await tx.$queryRaw`select 1 from "Site" where "id" = ${siteId}::uuid for share`;
  return tx.site.findUnique({ where: { id: siteId } });
}

/** What a person said of the machine that will come with a token. */
export type Meant = {
  serial: string | null;
  alias: string | null;
  model: string | null;
  replacesScannerId: ScannerId | null;
};

export type NewToken = Meant & {
  scope: Scope;
  tokenHash: string;
  createdBy: string;
  createdAtMs: number;
  expiresAtMs: number;
};

export async function createToken(tx: Tx, token: NewToken): Promise<string> {
  const { scope, createdAtMs, expiresAtMs, ...rest } = token;
  const id = v7();
  await tx.enrolmentToken.create({
    data: { ...rest, ...scope, id, createdAt: new Date(createdAtMs), expiresAt: new Date(expiresAtMs) },
  });
  return id;
}

export async function recentTokens(tx: Tx, sinceMs: number) {
  return tx.enrolmentToken.findMany({
    where: { createdAt: { gte: new Date(sinceMs) } },
    orderBy: { createdAt: "desc" },
    take: 200,
  });
}

export async function siteNames(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.site.findMany({ select: { id: true, name: true } });
  return new Map(rows.map((row) => [row.id, row.name]));
}

export async function serialsOf(tx: Tx, scannerIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.scanner.findMany({
    where: { id: { in: [...scannerIds] } },
    select: { id: true, serial: true },
  });
  return new Map(rows.map((row) => [row.id, row.serial]));
}

export async function tokenById(tx: Tx, id: string) {
  return tx.enrolmentToken.findUnique({ where: { id } });
}

export async function tokenByHash(tx: Tx, tokenHash: string) {
  return tx.enrolmentToken.findUnique({ where: { tokenHash } });
}
export type TokenRecord = NonNullable<Awaited<ReturnType<typeof tokenByHash>>>;

/** @returns false when it was used, revoked or over before. */
export async function revokeToken(tx: Tx, id: string, nowMs: number): Promise<boolean> {
  const at = new Date(nowMs);
  const open = { id, usedAt: null, revokedAt: null, expiresAt: { gt: at } };
  return (await tx.enrolmentToken.updateMany({ where: open, data: { revokedAt: at } })).count === 1;
}

/** @returns false when another machine was first: the row's own condition decides, whatever was read before (B-12). */
export async function consumeToken(
  tx: Tx,
  id: string,
  scannerId: ScannerId,
  nowMs: number,
): Promise<boolean> {
  const at = new Date(nowMs);
  const open = { id, usedAt: null, revokedAt: null, expiresAt: { gt: at } };
  const data = { usedAt: at, usedByScannerId: scannerId };
  return (await tx.enrolmentToken.updateMany({ where: open, data })).count === 1;
}

const withKeys = { keys: { where: { revokedAt: null }, orderBy: { createdAt: "desc" } } } as const;

/** Scanners that wait for a person, and those whose new key does. */
export async function waitingScanners(tx: Tx) {
  return tx.scanner.findMany({
    where: {
      OR: [
        { identity: { in: ["pending", "locked-out"] } },
        { keys: { some: { standing: "waiting", revokedAt: null } } },
      ],
    },
    orderBy: { createdAt: "desc" },
    include: { ...withKeys, site: { select: { name: true } } },
  });
}

export async function scannerById(tx: Tx, id: ScannerId) {
  return tx.scanner.findUnique({ where: { id }, include: withKeys });
}

export async function scannerOfId(tx: Tx, id: string) {
  return tx.scanner.findUnique({ where: { id } });
}

/** With its scanner, whatever became of either. */
export async function keyById(tx: Tx, keyId: string) {
  return tx.scannerKey.findUnique({ where: { id: keyId }, include: { scanner: true } });
}
export type KnownMachineKey = NonNullable<Awaited<ReturnType<typeof keyById>>>;

export async function scannerWithSerial(tx: Tx, organisationId: string, serial: string) {
  return tx.scanner.findUnique({ where: { organisationId_serial: { organisationId, serial } } });
}

/** A serial is a label: a refused machine gives it back, so that the right one can come under it. */
export async function relabel(tx: Tx, scannerId: string, serial: string): Promise<void> {
  await tx.scanner.update({ where: { id: scannerId }, data: { serial } });
}

export type NewScanner = {
  id: ScannerId;
  scope: Scope;
  serial: string;
  alias: string | null;
  model: string | null;
  hostname: string;
  hardwareFingerprint: string;
  createdAtMs: number;
};

export async function createScanner(
  tx: Tx,
  scanner: NewScanner,
  key: { id: string; publicKey: Uint8Array },
): Promise<void> {
  const { scope, createdAtMs, ...rest } = scanner;
  const at = new Date(createdAtMs);
  await tx.scanner.create({
    data: { ...rest, ...scope, identity: "pending", identitySince: at, createdAt: at },
  });
  await tx.scannerKey.create({
    data: {
      id: key.id,
      ...scope,
      scannerId: scanner.id,
      publicKey: new Uint8Array(key.publicKey),
      createdAt: at,
    },
  });
}

export type IdentityChange = {
  from: "pending" | "locked-out";
  to: "approved" | "refused";
  reason: string | null;
  by: string;
  atMs: number;
};

/** @returns false when the identity was no longer what the person saw. */
export async function changeIdentity(tx: Tx, id: ScannerId, change: IdentityChange): Promise<boolean> {
  const at = new Date(change.atMs);
  const approval =
    change.from === "pending" && change.to === "approved" ? { approvedAt: at, approvedBy: change.by } : {};
  const changed = await tx.scanner.updateMany({
    where: { id, identity: change.from },
    data: { identity: change.to, identityReason: change.reason, identitySince: at, ...approval },
  });
  return changed.count === 1;
}

export async function resolveIdentityEvents(
  tx: Tx,
  scannerId: ScannerId,
  by: string,
  atMs: number,
): Promise<void> {
  await tx.identityEvent.updateMany({
    where: { scannerId, resolvedAt: null },
    data: { resolvedAt: new Date(atMs), resolvedBy: by },
  });
}

/** A refused scanner waits for a person again. */
export async function reopen(tx: Tx, id: ScannerId, nowMs: number): Promise<void> {
  await tx.scanner.update({
    where: { id },
    data: { identity: "pending", identityReason: null, identitySince: new Date(nowMs) },
  });
}
