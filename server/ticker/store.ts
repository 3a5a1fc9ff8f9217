import type { Attention } from "#core/headline/observation.ts";
import { OFFLINE_AFTER_MS } from "#core/protocol/timing.ts";
import type { Tx } from "#server/database/scoped.ts";

export async function readAttention(tx: Tx): Promise<Attention | null> {
  const row = await tx.serverWatch.findUnique({ where: { id: 1 } });
  if (row === null) return null;
  return { observingSinceMs: row.observingSince.getTime(), lastAliveMs: row.lastAliveAt.getTime() };
}

export async function keepAttention(tx: Tx, attention: Attention): Promise<void> {
  const data = {
    observingSince: new Date(attention.observingSinceMs),
    lastAliveAt: new Date(attention.lastAliveMs),
  };
  await tx.serverWatch.upsert({ where: { id: 1 }, create: { id: 1, ...data }, update: data });
}

/** The clock was set back since these rows were written: what seems to lie ahead is now. */
export async function pullBackLinks(tx: Tx, nowMs: number): Promise<void> {
  const now = new Date(nowMs);
  await tx.scannerLink.updateMany({ where: { lastSeenAt: { gt: now } }, data: { lastSeenAt: now } });
  await tx.scannerState.updateMany({ where: { receivedAt: { gt: now } }, data: { receivedAt: now } });
}

/** The clock was set while the server ran: every stamp of silence moves by the same amount, so no silence changes (V-09). */
export async function shiftLinks(tx: Tx, byMs: number): Promise<void> {
  await tx.$executeRaw`
    update "ScannerLink" set "lastSeenAt" = "lastSeenAt" + make_interval(secs => ${byMs}::double precision / 1000),
      "reconnectsSince" = "reconnectsSince" + make_interval(secs => ${byMs}::double precision / 1000)`;
  await tx.$executeRaw`
    update "ScannerState" set "receivedAt" = "receivedAt" + make_interval(secs => ${byMs}::double precision / 1000)`;
}

/** As `leaveOffline` decides (core/report/link-state.ts), for all rows at once. */
export async function leaveOfflineLinks(tx: Tx, before: Attention): Promise<void> {
  const lastAlive = new Date(before.lastAliveMs);
  await tx.$executeRaw`
    update "ScannerLink" set "messagesSinceOffline" = 0
    where ${lastAlive}::timestamptz - greatest("lastSeenAt", ${new Date(before.observingSinceMs)}::timestamptz)
      > make_interval(secs => ${OFFLINE_AFTER_MS}::double precision / 1000)
      and "lastSeenAt" is not null`;
}

export async function scannersWithState(tx: Tx): Promise<string[]> {
  const rows = await tx.scannerState.findMany({ select: { scannerId: true } });
  return rows.map(({ scannerId }) => scannerId);
}
