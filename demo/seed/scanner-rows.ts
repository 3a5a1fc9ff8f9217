import type { PersonKey } from "#demo/plan/people.ts";
import type { FleetPlan, PlannedScanner } from "#demo/plan/plan.ts";
import { type Random, randomFor } from "#demo/plan/random.ts";
import { scannerPublicKey } from "#demo/plan/scanner-key.ts";
import type { Contents } from "#demo/seed/contents.ts";
import type { Cell } from "#demo/seed/copy-in.ts";
import type { SeededReleases } from "#demo/seed/known-releases.ts";
import type { Ledger } from "#demo/seed/ledger.ts";
import { factsDigest } from "#server/report/facts-digest.ts";
import { beliefColumns, headlineColumns } from "#server/report/stored-beliefs.ts";

/** Rows by table and column; a table's columns are those of its first row. */
export type Row = Readonly<Record<string, Cell>>;

/** Every row of a table has the columns of the first, in its order. */
export function columnsOf(row: Row): string[] {
  return Object.keys(row);
}

export function cellsOf(rows: readonly Row[]): Cell[][] {
  return rows.map((row) => Object.values(row));
}

const at = (ms: number) => new Date(ms);
const atOrNull = (ms: number | null) => (ms === null ? null : new Date(ms));

export type Rooted = { organisationId: string; regionId: string; siteId: string; scannerId: string };

export function rootOf(plan: FleetPlan, { scannerId, site }: PlannedScanner): Rooted {
  const { organisationId } = plan.organisation;
  return { organisationId, regionId: site.regionId, siteId: site.siteId, scannerId };
}

export function userIdOf(plan: FleetPlan, key: PersonKey): string {
  const person = plan.people.find((one) => one.key === key);
  if (person === undefined) throw new Error(`nobody is called ${key}`);
  return person.userId;
}

/** Somebody compared the key a minute before the first report. */
export function approvedMs({ moments }: PlannedScanner): number {
  return (moments[0]?.atMs ?? 0) - 60_000;
}

/** The record that people keep of it, and who approved and pinned it when. */
export function scannerRow(plan: FleetPlan, scanner: PlannedScanner, seeded: ScannerSeed): Row {
  const { scannerId: id, ...place } = rootOf(plan, scanner);
  const { serial, alias, model, hardwareRevision, tags, room, moments, now } = scanner;
  const pin = moments.findLast((one) => one.kind === "pinned");
  const service = moments.findLast((one) => one.kind === "service");
  const first = moments[0];
  return {
    id,
    ...place,
    serial,
    alias,
    model,
    hardwareRevision,
    tags,
    room,
    origin: "example",
    service: now.service,
    serviceReason: service?.reason ?? null,
    serviceSince: service === undefined ? null : at(service.atMs),
    serviceBy: service === undefined ? null : userIdOf(plan, service.by),
    identity: "approved",
    identitySince: at(approvedMs(scanner)),
    hardwareFingerprint: seeded.hardwareFingerprint,
    hostname: serial.toLowerCase(),
    pinnedReleaseId: pin === undefined ? null : seeded.releases.named(model, pin.release).releaseId,
    pinnedAt: pin === undefined ? null : at(pin.atMs),
    pinnedBy: pin === undefined ? null : userIdOf(plan, pin.by),
    createdAt: at(scanner.enrolledMs),
    approvedAt: at(approvedMs(scanner)),
    approvedBy: first?.kind === "enrolled" ? userIdOf(plan, first.by) : null,
  };
}

export type ScannerSeed = { hardwareFingerprint: string; releases: SeededReleases };

export function keyRow(plan: FleetPlan, scanner: PlannedScanner, secret: Uint8Array): Row & { id: string } {
  const { keyId, publicKey } = scannerPublicKey(secret, scanner.serial);
  return { id: keyId, ...rootOf(plan, scanner), publicKey, createdAt: at(scanner.enrolledMs) };
}

export function factRows(root: Rooted, { facts }: Ledger, id: RowIds, contents: Contents): Row[] {
  return facts.map(({ kind, text, openedMs, order, closedMs }) => ({
    id: id(openedMs),
    ...root,
    kind,
    value: { text },
    openedAt: at(openedMs),
    openedBoot: order.bootCounter,
    openedStart: order.startCounter,
    openedSeq: order.seq,
    closedAt: atOrNull(closedMs),
    setId: contents.idOf(kind, text),
  }));
}

export function findingRows(root: Rooted, { findings }: Ledger, id: RowIds): Row[] {
  return findings.map(({ finding, signature, openedMs, closedMs }) => ({
    id: id(openedMs),
    ...root,
    itemId: finding.itemId,
    class: finding.class,
    signature,
    finding: { json: finding },
    openedAt: at(openedMs),
    closedAt: atOrNull(closedMs),
  }));
}

export function headlineRows(root: Rooted, { headlines }: Ledger, id: RowIds): Row[] {
  return headlines.map(({ headline, openedMs, closedMs }) => ({
    id: id(openedMs),
    ...root,
    headline: headline.word,
    variant: headline.variant,
    reason: { json: headline.reason },
    openedAt: at(openedMs),
    closedAt: atOrNull(closedMs),
  }));
}

/** Digest of the facts believed now; null: it never reported. */
export function believedDigest({ believed }: Ledger): string | null {
  return believed === null ? null : factsDigest(believed.facts);
}

/** Null: it never reported. */
export function stateRow(root: Rooted, ledger: Ledger, digest: string | null): Row | null {
  const { believed, headline } = ledger;
  const turned = ledger.headlines.at(-1);
  if (believed === null || headline === null || turned === undefined) return null;
  const { facts, order, bootId, beliefs } = believed;
  return {
    ...root,
    ...order,
    bootId,
    facts: { json: facts },
    opaque: { json: {} },
    factsDigest: digest,
    observedAt: at(believed.observedMs),
    receivedAt: at(believed.receivedMs),
    skewMs: believed.skewMs,
    ...runningOf(facts),
    comparedWithId: believed.comparedWithId,
    ...cells(beliefColumns(beliefs)),
    unverifiable: beliefs.unverifiable === null ? null : { json: beliefs.unverifiable.value },
    unverifiableSince: atOrNull(beliefs.unverifiable?.sinceMs ?? null),
    ...cells(headlineColumns(headline)),
    headlineSince: at(turned.openedMs),
  };
}

function runningOf({ closures, closureDigests }: NonNullable<Ledger["believed"]>["facts"]) {
  const running = closures?.state === "observed" ? closures.value.running : undefined;
  const runningToplevel = running?.state === "observed" ? running.value.path : null;
  const digests = closureDigests?.state === "observed" ? closureDigests.value : [];
  const known = digests.find(({ toplevel }) => toplevel === runningToplevel);
  return { runningToplevel, runningDigest: known?.digest ?? null };
}

/** Columns as the server fills them, as cells: what is neither a word nor a time is JSON. */
function cells(columns: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]): [string, Cell] => [
      name,
      typeof value === "object" && value !== null && !(value instanceof Date)
        ? { json: value }
        : (value as string | Date | null),
    ]),
  );
}

const BEAT_MS = 15_000;

/** The hot row; the agent has beaten every fifteen seconds since its start. */
export function linkRow(root: Rooted, { believed, link, facts }: Ledger, digest: string | null): Row {
  const { bootCounter = 0, startCounter = 0 } = believed?.order ?? {};
  const startedMs = facts.find(({ order }) => order.startCounter === startCounter)?.openedMs ?? 0;
  return {
    ...root,
    lastSeenAt: atOrNull(link.lastSeenMs),
    bootCounter,
    startCounter,
    beat: Math.max(1, Math.floor(((link.lastSeenMs ?? startedMs) - startedMs) / BEAT_MS)),
    bootId: link.bootId,
    factsDigest: digest,
    skewMs: link.skewMs,
    outbox: 0,
    messagesSinceOffline: link.messagesSinceOffline,
    reconnects: link.reconnects,
    reconnectsSince: atOrNull(link.reconnectsSinceMs),
  };
}

export type RowIds = (atMs: number) => string;

/** UUIDs of version 7 (RFC 9562 §5.7) for the rows of one scanner, one after the other. */
export function rowIds(plan: FleetPlan, { serial }: PlannedScanner): RowIds {
  const random: Random = randomFor(plan.seed, "rows", serial);
  const word = () => Math.floor(random.next() * 0x1_0000_0000);
  return (atMs) => {
    const time = atMs.toString(16).padStart(12, "0");
    const first = (0x7000 | (word() & 0xfff)).toString(16);
    const second = (0x8000 | (word() & 0x3fff)).toString(16);
    const rest = `${word().toString(16).padStart(8, "0")}${word().toString(16).padStart(8, "0").slice(0, 4)}`;
    return `${time.slice(0, 8)}-${time.slice(8)}-${first}-${second}-${rest}`;
  };
}
