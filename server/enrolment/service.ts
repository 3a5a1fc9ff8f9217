import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import { fingerprintText } from "#core/protocol/envelope.ts";
import type { Act, Tx } from "#server/act.ts";
import { makeToken } from "#server/one-time-token.ts";
import { Refusal } from "#server/refusal.ts";
import type { ServerFacts } from "#server/trpc.ts";
import { enrolCommand } from "./command.ts";
import { acceptShownHardware, approveReplacement, refuseReplacement } from "./replacement.ts";
import * as replacement from "./replacement-store.ts";
import * as store from "./store.ts";
import type { CreatedToken, Enrolments, PendingScanner, TokenRow } from "./view.ts";

const TOKEN_PREFIX = "fid1.";
const TOKEN_MS = 15 * 60_000;
/** How long a spent token stays in the list. */
const SHOWN_MS = 24 * 60 * 60_000;

type Asked = {
  siteId: SiteId;
  serial?: string | undefined;
  alias?: string | undefined;
  model?: string | undefined;
  /** The machine with this token goes on as this scanner. */
  replacesScannerId?: ScannerId | undefined;
};

export async function createToken(act: Act, server: ServerFacts, ask: Asked): Promise<CreatedToken> {
  const site = await store.openSite(act.tx, ask.siteId);
  if (site === null) throw new Refusal("not-found");
  if (site.retiredAt !== null) throw new Refusal("site-closed", { site: site.name });
  const scope = store.scopeOfSite(site);
  const { token, hash } = makeToken(TOKEN_PREFIX);
  const expiresAtMs = act.nowMs + TOKEN_MS;
  const meant = await meantBy(act.tx, ask);
  const tokenId = await store.createToken(act.tx, {
    ...meant,
    scope,
    tokenHash: hash,
    createdBy: act.actor,
    createdAtMs: act.nowMs,
    expiresAtMs,
  });
  const { siteId } = ask;
  await act.audit({ siteId, action: "enrolment.token-created", body: { tokenId, ...meant, expiresAtMs } });
  act.listChanged("enrolment", siteId);
  const serverFingerprint = server.keyFingerprint;
  const command = enrolCommand({ ...server, token });
  const caFingerprint = server.ownCa?.fingerprint ?? null;
  return { tokenId, token, expiresAtMs, serverFingerprint, caFingerprint, command };
}

/** A token for new hardware is bound to the scanner it is for, at that scanner's site and under its serial. */
async function meantBy(tx: Tx, ask: Asked): Promise<store.Meant> {
  const labels = { alias: ask.alias ?? null, model: ask.model ?? null };
  const { replacesScannerId } = ask;
  if (replacesScannerId === undefined)
    return { ...labels, serial: ask.serial ?? null, replacesScannerId: null };
  const scanner = await store.scannerById(tx, replacesScannerId);
  if (scanner === null || scanner.siteId !== ask.siteId) throw new Refusal("not-found");
  if (scanner.identity === "pending" || scanner.identity === "refused") throw new Refusal("not-approved");
  return { ...labels, serial: scanner.serial, replacesScannerId };
}

export async function listEnrolments(tx: Tx, nowMs: number): Promise<Enrolments> {
  const tokens = await store.recentTokens(tx, nowMs - SHOWN_MS);
  const names = await store.siteNames(tx);
  const serials = await store.serialsOf(
    tx,
    tokens.flatMap(({ usedByScannerId }) => usedByScannerId ?? []),
  );
  const waiting = await store.waitingScanners(tx);
  return {
    tokens: tokens.map((row) => ({
      tokenId: row.id,
      siteName: names.get(row.siteId) ?? "",
      serial: row.serial,
      createdAtMs: row.createdAt.getTime(),
      expiresAtMs: row.expiresAt.getTime(),
      state: tokenState(row, nowMs),
      usedBySerial: row.usedByScannerId === null ? null : (serials.get(row.usedByScannerId) ?? null),
    })),
    pending: waiting.flatMap(waitingRows),
  };
}

/** A locked-out scanner may have a new key waiting too: then it stands here twice, for two different decisions. */
function waitingRows(row: Awaited<ReturnType<typeof store.waitingScanners>>[number]): PendingScanner[] {
  const about = { scannerId: row.id as ScannerId, serial: row.serial, siteName: row.site.name };
  const own: PendingScanner[] =
    row.identity === "pending" || row.identity === "locked-out"
      ? [
          {
            ...about,
            hostname: row.hostname,
            keyFingerprint: keyFingerprint(row.keys),
            hardwareFingerprint: row.hardwareFingerprint,
            enrolledAtMs: row.createdAt.getTime(),
            identity: row.identity,
            reason: row.identityReason === null ? null : { code: row.identityReason },
            replaces: null,
          },
        ]
      : [];
  const next: PendingScanner[] = row.keys.filter(isWaiting).map((key) => ({
    ...about,
    hostname: key.hostname ?? row.hostname,
    keyFingerprint: fingerprintText(key.id),
    hardwareFingerprint: key.hardwareFingerprint ?? row.hardwareFingerprint,
    enrolledAtMs: key.createdAt.getTime(),
    identity: "pending",
    reason: null,
    replaces: {
      hostname: row.hostname,
      hardwareFingerprint: row.hardwareFingerprint,
      retired: row.identity === "retired",
    },
  }));
  return [...own, ...next];
}

const isWaiting = ({ standing }: { standing: string }) => standing === "waiting";

function tokenState(row: store.TokenRecord, nowMs: number): TokenRow["state"] {
  if (row.usedAt !== null) return "used";
  if (row.revokedAt !== null) return "revoked";
  return row.expiresAt.getTime() <= nowMs ? "expired" : "open";
}

function keyFingerprint(keys: readonly { id: string; standing: string }[]): string {
  const newest = keys.find(({ standing }) => standing === "live");
  return newest === undefined ? "" : fingerprintText(newest.id);
}

export async function revokeToken(act: Act, tokenId: string): Promise<Record<string, never>> {
  const row = await store.tokenById(act.tx, tokenId);
  if (row === null) throw new Refusal("not-found");
  if (!(await store.revokeToken(act.tx, tokenId, act.nowMs))) throw new Refusal("token-not-open");
  const siteId = row.siteId as SiteId;
  await act.audit({ siteId, action: "enrolment.token-revoked", body: { tokenId } });
  act.listChanged("enrolment", siteId);
  return {};
}

/**
 * The person has read the key's fingerprint at the machine and hands it in: what is approved is the key they saw, not whatever
 * stands in the row by now (a machine in the middle enrols with its own key).
 */
export async function approve(
  act: Act,
  ask: { scannerId: ScannerId; keyFingerprint: string },
): Promise<Record<string, never>> {
  const key = await replacement.waitingKey(act.tx, ask.scannerId);
  if (key !== null) return approveNewKey(act, key, ask);
  const scanner = await waiting(act.tx, ask.scannerId, "pending", "not-pending");
  const expected = keyFingerprint(scanner.keys);
  compareFingerprints(ask.keyFingerprint, expected);
  await decide(act, scanner, {
    from: "pending",
    to: "approved",
    reason: null,
    audit: { action: "enrolment.approved", body: { keyFingerprint: expected } },
  });
  return {};
}

async function approveNewKey(
  act: Act,
  key: replacement.WaitingKey,
  ask: { scannerId: ScannerId; keyFingerprint: string },
): Promise<Record<string, never>> {
  const keyFingerprint = fingerprintText(key.id);
  compareFingerprints(ask.keyFingerprint, keyFingerprint);
  const scanner = await store.scannerById(act.tx, ask.scannerId);
  if (scanner === null) throw new Refusal("not-found");
  await approveReplacement(act, { scanner, key, keyFingerprint });
  return {};
}

function compareFingerprints(given: string, expected: string): void {
  if (expected === "" || bare(given) !== bare(expected)) throw new Refusal("fingerprint-differs");
}

/** Spaces and case are how people copy, not what they mean. */
const bare = (fingerprint: string) => fingerprint.replace(/[\s:-]/g, "").toLowerCase();

export async function refuse(
  act: Act,
  ask: { scannerId: ScannerId; reason: string },
): Promise<Record<string, never>> {
  const key = await replacement.waitingKey(act.tx, ask.scannerId);
  if (key !== null) {
    const scanner = await store.scannerById(act.tx, ask.scannerId);
    if (scanner === null) throw new Refusal("not-found");
    await refuseReplacement(act, { scanner, key, reason: ask.reason });
    return {};
  }
  const scanner = await waiting(act.tx, ask.scannerId, "pending", "not-pending");
  await decide(act, scanner, {
    from: "pending",
    to: "refused",
    reason: ask.reason,
    audit: { action: "enrolment.refused", body: { reason: ask.reason } },
  });
  return {};
}

/** Lifts a lock-out after an identity conflict; two machines that still use one key lock it again with their next reports. */
export async function release(
  act: Act,
  ask: { scannerId: ScannerId; reason: string; acceptHardware?: string | undefined },
): Promise<Record<string, never>> {
  const scanner = await waiting(act.tx, ask.scannerId, "locked-out", "not-locked-out");
  const { reason, acceptHardware } = ask;
  if (acceptHardware !== undefined) await acceptShownHardware(act, ask.scannerId, acceptHardware);
  const hardware =
    acceptHardware === undefined ? {} : { from: scanner.hardwareFingerprint, to: acceptHardware };
  await store.resolveIdentityEvents(act.tx, ask.scannerId, act.actor, act.nowMs);
  await decide(act, scanner, {
    from: "locked-out",
    to: "approved",
    reason: null,
    audit:
      acceptHardware === undefined
        ? { action: "enrolment.released", body: { reason } }
        : { action: "enrolment.hardware-accepted", body: { ...hardware, reason } },
  });
  return {};
}

type Waiting = NonNullable<Awaited<ReturnType<typeof store.scannerById>>>;

async function waiting(
  tx: Tx,
  scannerId: ScannerId,
  identity: PendingScanner["identity"],
  otherwise: "not-pending" | "not-locked-out",
): Promise<Waiting> {
  const scanner = await store.scannerById(tx, scannerId);
  if (scanner === null) throw new Refusal("not-found");
  if (scanner.identity !== identity) throw new Refusal(otherwise, { identity: scanner.identity });
  return scanner;
}

type Decision = Pick<store.IdentityChange, "from" | "to" | "reason"> & {
  audit: { action: string; body: Record<string, unknown> };
};

async function decide(act: Act, scanner: Waiting, { audit, ...change }: Decision): Promise<void> {
  const scannerId = scanner.id as ScannerId;
  const siteId = scanner.siteId as SiteId;
  const changed = await store.changeIdentity(act.tx, scannerId, {
    ...change,
    by: act.actor,
    atMs: act.nowMs,
  });
  if (!changed) throw new Refusal(change.from === "pending" ? "not-pending" : "not-locked-out");
  await act.audit({
    siteId,
    action: audit.action,
    body: { scannerId, serial: scanner.serial, ...audit.body },
  });
  act.listChanged("enrolment", siteId);
  act.scannersChanged([scannerId], siteId);
}

/** Hardware identity that a locked-out scanner's last message named; null: none did. */
export const conflictingHardware = replacement.conflictingHardware;
