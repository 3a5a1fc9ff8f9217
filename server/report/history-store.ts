import { v7 as uuidv7 } from "uuid";
import type { Headline } from "#core/headline/axes.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";
import type { IntervalChange, Moment, StoredInterval } from "#server/report/fact-history.ts";
import type { Rooted } from "#server/report/store.ts";
import type { Sequence } from "#server/scanner/view.ts";

/** History as intervals (EXP-6): facts, findings and headlines of one scanner. */

export async function openFactIntervals(tx: Tx, scannerId: string): Promise<StoredInterval[]> {
  const rows = await tx.factInterval.findMany({ where: { scannerId, closedAt: null } });
  return rows.map(storedInterval);
}

/** Per kind, the newest interval opened at or before this place. */
export async function coveringIntervals(tx: Tx, scannerId: string, at: Sequence): Promise<StoredInterval[]> {
  const ids = await tx.$queryRaw<{ id: string }[]>`
    select distinct on ("kind") "id" from "FactInterval"
    where "scannerId" = ${scannerId}::uuid
      and ("openedBoot", "openedStart", "openedSeq") <= (${at.bootCounter}::int, ${at.startCounter}::int, ${at.seq}::int)
    order by "kind", "openedBoot" desc, "openedStart" desc, "openedSeq" desc`;
  const rows = await tx.factInterval.findMany({ where: { id: { in: ids.map(({ id }) => id) } } });
  return rows.map(storedInterval);
}

export async function intervalsOpenedAt(tx: Tx, scannerId: string, at: Sequence): Promise<StoredInterval[]> {
  const { bootCounter: openedBoot, startCounter: openedStart, seq: openedSeq } = at;
  const rows = await tx.factInterval.findMany({ where: { scannerId, openedBoot, openedStart, openedSeq } });
  return rows.map(storedInterval);
}

function storedInterval(row: {
  id: string;
  kind: string;
  value: unknown;
  closedAt: Date | null;
}): StoredInterval {
  return { id: row.id, kind: row.kind, value: row.value, closedMs: row.closedAt?.getTime() ?? null };
}

export async function applyFactChanges(
  tx: Tx,
  owner: Rooted,
  changes: readonly IntervalChange[],
): Promise<void> {
  const opened = changes.filter((one) => one.change === "open");
  for (const one of changes) {
    if (one.change === "close")
      await tx.factInterval.update({ where: { id: one.id }, data: { closedAt: new Date(one.atMs) } });
    if (one.change === "begin-earlier")
      await tx.factInterval.update({ where: { id: one.id }, data: openedFrom(one.from) });
  }
  if (opened.length === 0) return;
  await tx.factInterval.createMany({
    data: opened.map((one) => ({
      ...owner,
      id: uuidv7(),
      kind: one.kind,
      value: one.value as Prisma.InputJsonValue,
      closedAt: one.closedMs === null ? null : new Date(one.closedMs),
      ...openedFrom(one.from),
    })),
  });
}

function openedFrom({ place, atMs }: Moment) {
  return {
    openedAt: new Date(atMs),
    openedBoot: place.bootCounter,
    openedStart: place.startCounter,
    openedSeq: place.seq,
  };
}

export async function openFindingIntervals(tx: Tx, scannerId: string) {
  return await tx.findingInterval.findMany({
    where: { scannerId, closedAt: null },
    select: { id: true, signature: true, finding: true },
  });
}

export async function closeFindingIntervals(tx: Tx, ids: readonly string[], atMs: number): Promise<void> {
  if (ids.length > 0)
    await tx.findingInterval.updateMany({
      where: { id: { in: [...ids] } },
      data: { closedAt: new Date(atMs) },
    });
}

export async function openFindingInterval(
  tx: Tx,
  owner: Rooted,
  finding: OpenFinding,
  signature: string,
): Promise<void> {
  await tx.findingInterval.create({
    data: {
      ...owner,
      id: uuidv7(),
      itemId: finding.itemId,
      class: finding.class,
      signature,
      finding: finding as unknown as Prisma.InputJsonValue,
      openedAt: new Date(finding.sinceMs),
    },
  });
}

export async function renewFindingInterval(
  tx: Tx,
  id: string,
  finding: OpenFinding,
  signature: string,
): Promise<void> {
  await tx.findingInterval.update({
    where: { id },
    data: { signature, class: finding.class, finding: finding as unknown as Prisma.InputJsonValue },
  });
}

/** Ends the headline interval that is open and opens the next. */
export async function turnHeadline(tx: Tx, owner: Rooted, headline: Headline, atMs: number): Promise<void> {
  const { scannerId } = owner;
  await tx.headlineInterval.updateMany({
    where: { scannerId, closedAt: null },
    data: { closedAt: new Date(atMs) },
  });
  await tx.headlineInterval.create({
    data: {
      ...owner,
      id: uuidv7(),
      headline: headline.word,
      variant: headline.variant,
      reason: headline.reason as Prisma.InputJsonValue,
      openedAt: new Date(atMs),
    },
  });
}
