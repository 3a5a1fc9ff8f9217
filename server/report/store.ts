import { v7 as uuidv7 } from "uuid";
import type { Since } from "#core/headline/situation.ts";
import type { Scope } from "#core/identity/identity.ts";
import type { Reason } from "#core/report/fact.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";
import type { Sequence } from "#server/scanner/view.ts";

/** Rows of one scanner's reports, beliefs and history; every function takes the transaction whose scope row-level security checks. */

export type Rooted = Scope & { scannerId: string };

export type RawReport = Rooted &
  Sequence & {
    keyId: string;
    bootId: string;
    signature: Uint8Array;
    body: Uint8Array;
    observedAt: Date;
    receivedAt: Date;
  };

/** Locks the scanner until the transaction ends: reports of one scanner are judged one after the other. */
export async function lockScanner(tx: Tx, scannerId: string) {
  await tx.$queryRaw`select 1 from "Scanner" where "id" = ${scannerId}::uuid for update`;
  return await tx.scanner.findUnique({ where: { id: scannerId }, include: { state: true, link: true } });
}
export type LockedScanner = NonNullable<Awaited<ReturnType<typeof lockScanner>>>;
export type StateRow = NonNullable<LockedScanner["state"]>;
export type LinkRow = NonNullable<LockedScanner["link"]>;

export async function reportAt(tx: Tx, scannerId: string, place: Sequence) {
  return await tx.report.findFirst({ where: { scannerId, ...place }, select: { body: true, bootId: true } });
}

/** Boot id under which a boot counter was first used; null: no raw report of that boot is left. */
export async function bootIdOf(tx: Tx, scannerId: string, bootCounter: number): Promise<string | null> {
  const row = await tx.report.findFirst({ where: { scannerId, bootCounter }, select: { bootId: true } });
  return row?.bootId ?? null;
}

export type Neighbour = Sequence & { body: Uint8Array; observedAt: Date };

export async function reportBefore(tx: Tx, scannerId: string, at: Sequence): Promise<Neighbour | null> {
  const rows = await tx.$queryRaw<Neighbour[]>`
    select "bootCounter", "startCounter", "seq", "body", "observedAt" from "Report"
    where "scannerId" = ${scannerId}::uuid
      and ("bootCounter", "startCounter", "seq") < (${at.bootCounter}::int, ${at.startCounter}::int, ${at.seq}::int)
    order by "bootCounter" desc, "startCounter" desc, "seq" desc limit 1`;
  return rows[0] ?? null;
}

export async function reportAfter(tx: Tx, scannerId: string, at: Sequence): Promise<Neighbour | null> {
  const rows = await tx.$queryRaw<Neighbour[]>`
    select "bootCounter", "startCounter", "seq", "body", "observedAt" from "Report"
    where "scannerId" = ${scannerId}::uuid
      and ("bootCounter", "startCounter", "seq") > (${at.bootCounter}::int, ${at.startCounter}::int, ${at.seq}::int)
    order by "bootCounter", "startCounter", "seq" limit 1`;
  return rows[0] ?? null;
}

/** The first report stored of an agent start (or boot) after this one's. */
export async function firstOfLaterStart(tx: Tx, scannerId: string, at: Sequence): Promise<Neighbour | null> {
  const rows = await tx.$queryRaw<Neighbour[]>`
    select "bootCounter", "startCounter", "seq", "body", "observedAt" from "Report"
    where "scannerId" = ${scannerId}::uuid
      and ("bootCounter", "startCounter") > (${at.bootCounter}::int, ${at.startCounter}::int)
    order by "bootCounter", "startCounter", "seq" limit 1`;
  return rows[0] ?? null;
}

export async function insertReport(tx: Tx, row: RawReport): Promise<void> {
  await tx.report.create({
    data: { ...row, id: uuidv7(), signature: bytes(row.signature), body: bytes(row.body) },
  });
}

/** Prisma wants bytes that own their buffer. */
function bytes(source: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(source);
}

export type StateData = Omit<
  Prisma.ScannerStateUncheckedCreateInput,
  "scannerId" | "unverifiable" | "unverifiableSince"
>;

export async function saveState(
  tx: Tx,
  scannerId: string,
  state: StateData,
  unverifiable: Since<Reason> | null,
): Promise<void> {
  const data = { ...state, ...unverifiableColumns(unverifiable) };
  await tx.scannerState.upsert({ where: { scannerId }, create: { ...data, scannerId }, update: data });
}

export async function markUnverifiable(
  tx: Tx,
  scannerId: string,
  unverifiable: Since<Reason> | null,
): Promise<void> {
  await tx.scannerState.update({ where: { scannerId }, data: unverifiableColumns(unverifiable) });
}

function unverifiableColumns(unverifiable: Since<Reason> | null) {
  return {
    unverifiable: unverifiable === null ? Prisma.DbNull : (unverifiable.value as Prisma.InputJsonValue),
    unverifiableSince: unverifiable === null ? null : new Date(unverifiable.sinceMs),
  };
}

export async function updateState(
  tx: Tx,
  scannerId: string,
  data: Prisma.ScannerStateUncheckedUpdateInput,
): Promise<void> {
  await tx.scannerState.update({ where: { scannerId }, data });
}

/** Releases that may describe this scanner: by the toplevel it runs, adopted from it, and the pinned one. */
export async function applicableReleases(
  tx: Tx,
  scanner: { id: string; pinnedReleaseId: string | null },
  toplevel: string | null,
) {
  return await tx.release.findMany({
    where: {
      OR: [
        ...(toplevel === null ? [] : [{ toplevel }]),
        { observedOnId: scanner.id },
        ...(scanner.pinnedReleaseId === null ? [] : [{ id: scanner.pinnedReleaseId }]),
      ],
    },
    orderBy: { createdAt: "desc" },
    take: 50,
  });
}
export type ReleaseRow = Awaited<ReturnType<typeof applicableReleases>>[number];

export async function lockOut(tx: Tx, scannerId: string, reason: string, atMs: number): Promise<void> {
  await tx.scanner.update({
    where: { id: scannerId },
    data: { identity: "locked-out", identityReason: reason, identitySince: new Date(atMs) },
  });
}

export async function addIdentityEvent(
  tx: Tx,
  owner: Rooted,
  event: { code: string; detail: Prisma.InputJsonValue; atMs: number },
): Promise<void> {
  const { code, detail, atMs } = event;
  await tx.identityEvent.create({ data: { ...owner, id: uuidv7(), code, detail, at: new Date(atMs) } });
}

export async function recentIdentityEvents(
  tx: Tx,
  scannerId: string,
  code: string,
  sinceMs: number,
): Promise<number> {
  return await tx.identityEvent.count({ where: { scannerId, code, at: { gte: new Date(sinceMs) } } });
}

export async function rememberWitness(
  tx: Tx,
  owner: Rooted,
  witness: { seq: number; hash: string },
): Promise<void> {
  const data = { witnessSeq: BigInt(witness.seq), witnessHash: witness.hash };
  await tx.scannerLink.upsert({
    where: { scannerId: owner.scannerId },
    create: { ...owner, ...data },
    update: data,
  });
}

/** Hash of one audit event, hex; null: the chain has no such event. */
export async function auditHashAt(tx: Tx, chain: string, seq: number): Promise<string | null> {
  const rows = await tx.$queryRaw<{ hash: Uint8Array | null }[]>`
    select audit.hash_at(${chain}, ${seq}::bigint) as hash`;
  const hash = rows[0]?.hash;
  return hash === null || hash === undefined ? null : Buffer.from(hash).toString("hex");
}
