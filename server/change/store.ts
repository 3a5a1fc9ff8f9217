import { BEFORE_ARM } from "#core/change/progress.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";

/** Changes of scanners and their steps. Row-level security holds the scope; foreign is missing. */

const SHOWN_SCANNER = {
  state: true,
  link: true,
  pinnedRelease: { select: { id: true, name: true, toplevel: true, origin: true } },
  site: { include: { region: { select: { name: true } } } },
} as const;

/** Scanners that are part of the fleet, with what they last said, by serial. */
export async function scannersToChange(tx: Tx, ids: readonly string[]) {
  return await tx.scanner.findMany({
    where: { id: { in: [...ids] }, identity: { notIn: ["pending", "refused"] } },
    orderBy: { serial: "asc" },
    include: SHOWN_SCANNER,
  });
}
export type ScannerToChange = Awaited<ReturnType<typeof scannersToChange>>[number];

export async function lockScanners(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.$executeRaw`select 1 from "Scanner" where "id" = any(${[...ids]}::uuid[]) order by "id" for update`;
}

export async function byRequestKey(tx: Tx, scannerIds: readonly string[], requestKey: string) {
  return await tx.change.findMany({ where: { requestKey, scannerId: { in: [...scannerIds] } } });
}

export type NewChange = Omit<Prisma.ChangeUncheckedCreateInput, "steps">;

export async function insertChanges(tx: Tx, rows: readonly NewChange[]): Promise<void> {
  await tx.change.createMany({ data: [...rows] });
}

export type NewStep = Prisma.ChangeStepUncheckedCreateInput;

export async function insertSteps(tx: Tx, rows: readonly NewStep[]): Promise<void> {
  await tx.changeStep.createMany({ data: [...rows] });
}

export async function changeById(tx: Tx, id: string) {
  return await tx.change.findUnique({ where: { id } });
}
export type ChangeRecord = NonNullable<Awaited<ReturnType<typeof changeById>>>;

/** Locked until the transaction ends: a report that moves it on waits, and is judged by what is written here. */
export async function lockChange(tx: Tx, id: string): Promise<ChangeRecord | null> {
  await tx.$executeRaw`select 1 from "Change" where "id" = ${id}::uuid for update`;
  return await changeById(tx, id);
}

export async function updateChange(
  tx: Tx,
  id: string,
  data: Prisma.ChangeUncheckedUpdateInput,
): Promise<void> {
  await tx.change.update({ where: { id }, data });
}

/** Only while it stands as it was read: somebody may have ended it meanwhile. @returns whether it moved */
export async function moveOn(
  tx: Tx,
  { id, state }: { id: string; state: string },
  data: Prisma.ChangeUncheckedUpdateManyInput,
): Promise<boolean> {
  return (await tx.change.updateMany({ where: { id, state }, data })).count === 1;
}

/** A change of this scanner that ended before it began, as the statement below gives an open one. */
export async function closedUnheard(tx: Tx, scannerId: string, id: string): Promise<OpenChange | null> {
  const rows = await tx.$queryRaw<{ change: OpenChange }[]>`
    select to_jsonb(c) as "change" from "Change" c where c."id" = ${id}::uuid and c."scannerId" = ${scannerId}::uuid
      and c."state" in ('expired', 'cancelled', 'refused')`;
  return rows[0]?.change ?? null;
}

export async function stepsOf(tx: Tx, changeId: string) {
  return await tx.changeStep.findMany({ where: { changeId }, orderBy: [{ at: "asc" }, { id: "asc" }] });
}

type StepDuration = { state: string; medianMs: number; of: number };

/** Other changes of this model whose steps are looked at. */
const MOST_LOOKED_AT = 200;

/**
 * For each state the median of how long confirmed changes of the same kind on scanners of the same model stayed in it, until a step of another
 * state was seen. Only of changes in the reader's sight, the newest ones.
 */
export async function stepDurations(
  tx: Tx,
  { id, action, scannerId }: Pick<ChangeRecord, "id" | "action" | "scannerId">,
): Promise<StepDuration[]> {
  return await tx.$queryRaw<StepDuration[]>`
    with others as (
      select c."id" from "Change" c join "Scanner" s on s."id" = c."scannerId"
      where c."state" = 'confirmed' and c."endedAt" is not null and c."action" = ${action} and c."id" <> ${id}::uuid
        and s."model" = (select "model" from "Scanner" where "id" = ${scannerId}::uuid)
      order by c."endedAt" desc limit ${MOST_LOOKED_AT}),
    step as (
      select st."changeId", st."state", st."at",
        lead(st."at") over (partition by st."changeId" order by st."at", st."id") as "until"
      from "ChangeStep" st join others on others."id" = st."changeId" where st."source" = 'scanner'),
    stay as (
      select "changeId", "state", extract(epoch from sum("until" - "at")) * 1000 as "ms"
      from step where "until" is not null group by 1, 2)
    select "state", percentile_cont(0.5) within group (order by "ms")::float8 as "medianMs", count(*)::int as "of"
    from stay group by 1`;
}

/** Newest first. */
export async function changes(
  tx: Tx,
  ask: { scannerId: string | null; open: boolean; limit: number },
): Promise<ChangeRecord[]> {
  return await tx.change.findMany({
    where: {
      ...(ask.scannerId === null ? {} : { scannerId: ask.scannerId }),
      ...(ask.open ? { endedAt: null } : {}),
    },
    orderBy: [{ requestedAt: "desc" }, { id: "desc" }],
    take: ask.limit,
  });
}

export async function openChanges(tx: Tx, scannerIds: readonly string[]): Promise<ChangeRecord[]> {
  return await tx.change.findMany({ where: { scannerId: { in: [...scannerIds] }, endedAt: null } });
}

/** How changes of these scanners ended, newest first. */
export async function endedChanges(tx: Tx, scannerIds: readonly string[]) {
  return await tx.change.findMany({
    where: { scannerId: { in: [...scannerIds] }, endedAt: { not: null }, action: { not: "stage" } },
    orderBy: { endedAt: "desc" },
    select: {
      scannerId: true,
      releaseId: true,
      releaseName: true,
      system: true,
      toplevel: true,
      state: true,
      endedAt: true,
    },
  });
}

/** The row as PostgreSQL writes it as JSON: moments are texts. */
export type OpenChange = {
  id: string;
  organisationId: string;
  regionId: string;
  siteId: string;
  scannerId: string;
  action: string;
  toplevel: string;
  fromBooted: string | null;
  safety: string;
  state: string;
  stateReason: string | null;
  stateSince: string;
  percent: number | null;
  withdrawnAt: string | null;
};

/** Names of people and serials of scanners, for whoever stands in a row. */
export async function actorNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const users = await tx.user.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
  return new Map(users.map(({ id, name }) => [id, name]));
}

export async function scannerLabels(tx: Tx, ids: readonly string[]) {
  return await tx.scanner.findMany({
    where: { id: { in: [...ids] } },
    select: {
      id: true,
      serial: true,
      alias: true,
      siteId: true,
      organisationId: true,
      regionId: true,
      site: { select: { name: true, timeZone: true } },
      link: { select: { lastSeenAt: true } },
      state: { select: { receivedAt: true } },
    },
  });
}

export async function directorVersions(tx: Tx): Promise<[string, number][]> {
  const rows = await tx.scanner.findMany({
    where: { directorVersion: { gt: 0 } },
    select: { id: true, directorVersion: true },
  });
  return rows.map(({ id, directorVersion }) => [id, directorVersion]);
}

export async function setDirectorVersion(tx: Tx, scannerId: string, version: number): Promise<void> {
  await tx.scanner.updateMany({ where: { id: scannerId }, data: { directorVersion: version } });
}

/** Changes that the server has to do something about by itself: sign, take back, or end when their time is over. */
export async function changesToCarry(
  tx: Tx,
  now: Date,
  { except }: { except: readonly string[] },
): Promise<ChangeRecord[]> {
  return await tx.change.findMany({
    where: {
      // What waits for its next try does not take the place of what was not tried yet.
      id: { notIn: [...except] },
      OR: [
        { endedAt: null, seq: null, cancelAskedAt: null },
        { endedAt: null, cancelAskedAt: { not: null }, withdrawnAt: null },
        { endedAt: null, state: "offered", notAfter: { lt: now } },
        {
          endedAt: null,
          state: { in: [...BEFORE_ARM] },
          notAfter: { lt: new Date(now.getTime() - CLOCK_SLACK_MS) },
        },
        // A refused instruction that stays would be tried again by the scanner, while its change is shown as ended.
        {
          endedAt: { not: null },
          state: { in: ["expired", "refused"] },
          seq: { not: null },
          withdrawnAt: null,
        },
      ],
    },
    orderBy: { requestedAt: "asc" },
    take: MOST_CARRIED,
  });
}
const MOST_CARRIED = 200;
/** A scanner that took it in time begins no more by its own clock, and that may be this far behind (core/trust/accept.ts). */
const CLOCK_SLACK_MS = 5 * 60_000;

/** When a scanner was last heard; null: never. */
export async function lastHeardAt(tx: Tx, scannerId: string): Promise<Date | null> {
  const rows = await tx.$queryRaw<{ at: Date | null }[]>`
    select greatest(l."lastSeenAt", st."receivedAt") as "at" from "Scanner" s
    left join "ScannerLink" l on l."scannerId" = s."id" left join "ScannerState" st on st."scannerId" = s."id"
    where s."id" = ${scannerId}::uuid`;
  return rows[0]?.at ?? null;
}

/** The open change of a scanner as part of a statement that reads more; there is one at most. */
export const openChangeSql = Prisma.sql`(select to_jsonb(c) from "Change" c where c."scannerId" = s."id" and c."endedAt" is null)`;
