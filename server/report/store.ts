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
  await tx.$executeRaw`
    insert into "Report" ("id", "organisationId", "regionId", "siteId", "scannerId", "bootCounter", "startCounter", "seq", "keyId",
      "bootId", "signature", "body", "observedAt", "receivedAt")
    values (${uuidv7()}::uuid, ${row.organisationId}::uuid, ${row.regionId}::uuid, ${row.siteId}::uuid, ${row.scannerId}::uuid,
      ${row.bootCounter}, ${row.startCounter}, ${row.seq}, ${row.keyId}, ${row.bootId}, ${bytes(row.signature)}, ${bytes(row.body)},
      ${row.observedAt}, ${row.receivedAt})`;
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
  const { columns, renewed, json } = written([{ ...state, ...unverifiableColumns(unverifiable), scannerId }]);
  await tx.$executeRaw`
    insert into "ScannerState" (${columns})
    select ${columns} from jsonb_populate_recordset(null::"ScannerState", ${json}::jsonb)
    on conflict ("scannerId") do update set ${renewed("excluded")}`;
}

/** Some columns of many scanners at once, the same columns of each. */
export async function updateStates(
  tx: Tx,
  rows: readonly (Partial<StateData> & { scannerId: string })[],
): Promise<void> {
  if (rows.length === 0) return;
  const { renewed, json } = written(rows);
  await tx.$executeRaw`
    update "ScannerState" st set ${renewed("row")}
    from jsonb_populate_recordset(null::"ScannerState", ${json}::jsonb) as row where st."scannerId" = row."scannerId"`;
}

/** As one JSON text: the query builder would walk every value of the facts, and answer with all of them. */
function written(rows: readonly object[]) {
  const plain = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value === Prisma.DbNull ? null : value]),
    ),
  );
  const given: Record<string, unknown> = { ...plain[0] };
  const names = Object.values(Prisma.ScannerStateScalarFieldEnum).filter((name) => given[name] !== undefined);
  return {
    columns: Prisma.raw(names.map((name) => `"${name}"`).join(", ")),
    renewed: (from: "excluded" | "row") =>
      Prisma.raw(names.map((name) => `"${name}" = ${from}."${name}"`).join(", ")),
    json: JSON.stringify(plain),
  };
}

export async function markUnverifiable(
  tx: Tx,
  scannerId: string,
  unverifiable: Since<Reason> | null,
): Promise<void> {
  await updateState(tx, scannerId, unverifiableColumns(unverifiable));
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
  await tx.scannerState.update({ where: { scannerId }, data, select: { scannerId: true } });
}

/** Manifests of releases, as they are stored. */
export async function manifestsOf(
  tx: Tx,
  releaseIds: readonly string[],
): Promise<{ id: string; manifest: unknown }[]> {
  return await tx.release.findMany({
    where: { id: { in: [...releaseIds] } },
    select: { id: true, manifest: true },
  });
}

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
