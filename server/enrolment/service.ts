import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import { fingerprintText } from "#core/protocol/envelope.ts";
import type { Act, Tx } from "#server/act.ts";
import { makeToken } from "#server/one-time-token.ts";
import { Refusal } from "#server/refusal.ts";
import type { ServerFacts } from "#server/trpc.ts";
import { enrolCommand } from "./command.ts";
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
};

export async function createToken(act: Act, server: ServerFacts, ask: Asked): Promise<CreatedToken> {
  const scope = await store.scopeOfSite(act.tx, ask.siteId);
  if (scope === null) throw new Refusal("not-found");
  const { token, hash } = makeToken(TOKEN_PREFIX);
  const expiresAtMs = act.nowMs + TOKEN_MS;
  const meant = { serial: ask.serial ?? null, alias: ask.alias ?? null, model: ask.model ?? null };
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
  const command = enrolCommand(server.origin, token, serverFingerprint);
  return { tokenId, token, expiresAtMs, serverFingerprint, command };
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
    pending: waiting.map((row) => ({
      scannerId: row.id as ScannerId,
      serial: row.serial,
      hostname: row.hostname,
      siteName: row.site.name,
      keyFingerprint: keyFingerprint(row.keys),
      hardwareFingerprint: row.hardwareFingerprint,
      enrolledAtMs: row.createdAt.getTime(),
      identity: row.identity as PendingScanner["identity"],
      reason: row.identityReason === null ? null : { code: row.identityReason },
    })),
  };
}

function tokenState(row: store.TokenRecord, nowMs: number): TokenRow["state"] {
  if (row.usedAt !== null) return "used";
  if (row.revokedAt !== null) return "revoked";
  return row.expiresAt.getTime() <= nowMs ? "expired" : "open";
}

function keyFingerprint(keys: readonly { id: string }[]): string {
  const newest = keys[0];
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
  const scanner = await waiting(act.tx, ask.scannerId, "pending", "not-pending");
  const expected = keyFingerprint(scanner.keys);
  if (expected === "" || bare(ask.keyFingerprint) !== bare(expected))
    throw new Refusal("fingerprint-differs");
  await decide(act, scanner, {
    from: "pending",
    to: "approved",
    reason: null,
    audit: { action: "enrolment.approved", body: { keyFingerprint: expected } },
  });
  return {};
}

/** Spaces and case are how people copy, not what they mean. */
const bare = (fingerprint: string) => fingerprint.replace(/[\s:-]/g, "").toLowerCase();

export async function refuse(
  act: Act,
  ask: { scannerId: ScannerId; reason: string },
): Promise<Record<string, never>> {
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
  ask: { scannerId: ScannerId; reason: string },
): Promise<Record<string, never>> {
  const scanner = await waiting(act.tx, ask.scannerId, "locked-out", "not-locked-out");
  await store.resolveIdentityEvents(act.tx, ask.scannerId, act.actor, act.nowMs);
  await decide(act, scanner, {
    from: "locked-out",
    to: "approved",
    reason: null,
    audit: { action: "enrolment.released", body: { reason: ask.reason } },
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
