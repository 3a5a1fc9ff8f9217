import type { Tx, WithScope } from "#server/database/scoped.ts";
import type { LinkEntry, LinkOwner, LinkSource } from "#server/report/link-book.ts";
import type { LinkRow } from "#server/report/scanner-rows-store.ts";
import { linkStateOf } from "#server/report/stored-beliefs.ts";

export function linkSource(withScope: WithScope): LinkSource {
  return {
    load: (scanners) =>
      withScope({ all: true }, async (tx) => {
        const ids = scanners.map(({ scannerId }) => scannerId);
        const links = await tx.scannerLink.findMany({ where: { scannerId: { in: ids } } });
        const rows = new Map(links.map((row) => [row.scannerId, row]));
        const states = await storedReports(tx, ids);
        return scanners.map((scanner) => ({
          scannerId: scanner.scannerId,
          keyId: scanner.keyId,
          ...entryOf(rows.get(scanner.scannerId) ?? null, states.get(scanner.scannerId) ?? null),
          asked: null,
        }));
      }),
    save: (entries) => withScope({ all: true }, (tx) => saveLinks(tx, entries)),
  };
}

type StoredReport = NonNullable<LinkEntry["stored"]> & { receivedAt: Date };

function entryOf(
  row: LinkRow | null,
  report: StoredReport | null,
): Omit<LinkEntry, keyof LinkOwner | "asked"> {
  return {
    link: linkStateOf(row, report),
    stored: report === null ? null : { digest: report.digest, place: report.place, bootId: report.bootId },
    heartbeat: {
      bootCounter: row?.bootCounter ?? 0,
      startCounter: row?.startCounter ?? 0,
      beat: row?.beat ?? 0,
      bootId: row?.bootId ?? null,
    },
    claimedDigest: row?.factsDigest ?? null,
    outbox: row?.outbox ?? 0,
  };
}

async function storedReports(tx: Tx, ids: string[]): Promise<Map<string, StoredReport>> {
  const rows = await tx.scannerState.findMany({
    where: { scannerId: { in: ids } },
    select: {
      scannerId: true,
      factsDigest: true,
      bootCounter: true,
      startCounter: true,
      seq: true,
      bootId: true,
      receivedAt: true,
    },
  });
  return new Map(
    rows.map(({ scannerId, factsDigest, bootId, receivedAt, ...place }) => [
      scannerId,
      { digest: factsDigest, place, bootId, receivedAt },
    ]),
  );
}

const INT_MAX = 2_147_483_647;
const clamp = (ms: number) => Math.max(-INT_MAX, Math.min(INT_MAX, Math.round(ms)));

/** One statement for the whole batch; a row is never moved back by a slower process, lies where its scanner stands by now, and says nothing that a machine said whose key is revoked, even where that was decided while this statement waited. */
async function saveLinks(tx: Tx, entries: readonly LinkEntry[]): Promise<void> {
  const rows = entries.map(({ scannerId, keyId, link, heartbeat, claimedDigest, outbox }) => ({
    scannerId,
    keyId,
    ...heartbeat,
    factsDigest: claimedDigest,
    outbox,
    skewMs: clamp(link.skewMs),
    messagesSinceOffline: link.messagesSinceOffline,
    reconnects: link.reconnects,
    lastSeenAt: isoOrNull(link.lastSeenMs),
    reconnectsSince: isoOrNull(link.reconnectsSinceMs),
  }));
  await tx.$executeRaw`
    insert into "ScannerLink" ("scannerId", "organisationId", "regionId", "siteId", "lastSeenAt", "bootCounter", "startCounter",
      "beat", "bootId", "factsDigest", "skewMs", "outbox", "messagesSinceOffline", "reconnects", "reconnectsSince", "keyId")
    select row."scannerId", s."organisationId", s."regionId", s."siteId", "lastSeenAt", "bootCounter", "startCounter",
      "beat", "bootId", "factsDigest", "skewMs", "outbox", "messagesSinceOffline", "reconnects", "reconnectsSince", row."keyId"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row("scannerId" uuid, "keyId" text, "lastSeenAt" timestamptz, "bootCounter" int,
      "startCounter" int, "beat" int, "bootId" text, "factsDigest" text, "skewMs" int, "outbox" int, "messagesSinceOffline" int,
      "reconnects" int, "reconnectsSince" timestamptz)
    join "Scanner" s on s."id" = row."scannerId"
    join "ScannerKey" k on k."id" = row."keyId" and k."scannerId" = s."id" and k."revokedAt" is null
    order by row."scannerId"
    on conflict ("scannerId") do update set "lastSeenAt" = excluded."lastSeenAt", "bootCounter" = excluded."bootCounter",
      "startCounter" = excluded."startCounter", "beat" = excluded."beat", "bootId" = excluded."bootId",
      "factsDigest" = excluded."factsDigest", "skewMs" = excluded."skewMs", "outbox" = excluded."outbox",
      "messagesSinceOffline" = excluded."messagesSinceOffline", "reconnects" = excluded."reconnects",
      "reconnectsSince" = excluded."reconnectsSince", "keyId" = excluded."keyId"
    where ("ScannerLink"."keyId" is null or "ScannerLink"."keyId" = excluded."keyId")
      and ("ScannerLink"."lastSeenAt" is null or excluded."lastSeenAt" >= "ScannerLink"."lastSeenAt")`;
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
