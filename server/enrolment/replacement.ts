import type { ScannerId, Scope, SiteId } from "#core/identity/identity.ts";
import type { Act, Tx } from "#server/act.ts";
import { Refused } from "#server/agent-api/checks.ts";
import type { EnrolMessage } from "#server/agent-api/messages.ts";
import { Refusal } from "#server/refusal.ts";
import { reconclude } from "#server/report/reconclude.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";
import * as replacement from "./replacement-store.ts";
import * as store from "./store.ts";

/**
 * The scanner that a machine with this token goes on as, with its name and all of its history: the one whose hardware a person said it
 * replaces, or a retired one of the same site whose serial it has. Null: it is a scanner of its own.
 */
export async function continuedScanner(
  tx: Tx,
  token: store.TokenRecord,
  serial: string,
): Promise<Continued | null> {
  const { replacesScannerId, organisationId, siteId } = token;
  if (replacesScannerId !== null) {
    const scanner = await store.scannerOfId(tx, replacesScannerId);
    // It was moved after the token was made: a token is good for its own site.
    if (scanner === null || scanner.siteId !== siteId) throw new Refused("token-life");
    return scanner;
  }
  const holder = await store.scannerWithSerial(tx, organisationId, serial);
  return holder?.identity === "retired" && holder.siteId === siteId ? holder : null;
}
export type Continued = NonNullable<Awaited<ReturnType<typeof store.scannerOfId>>>;

/** The machine's key waits for a person beside the scanner's own; until then the scanner stays what it is. One waits at a time. */
export async function askToContinue(
  act: Act,
  scanner: Continued,
  { message, tokenId }: { message: EnrolMessage; tokenId: string },
): Promise<void> {
  const { organisationId, regionId, siteId } = scanner;
  const scannerId = scanner.id as ScannerId;
  const waiting = await replacement.waitingKey(act.tx, scannerId);
  if (waiting !== null && waiting.id !== message.keyId) throw new Refused("serial");
  const { hostname, hardwareFingerprint } = message.value;
  await replacement.keepWaiting(act.tx, scannerId, { organisationId, regionId, siteId } as Scope, {
    id: message.keyId,
    publicKey: message.publicKey,
    hostname,
    hardwareFingerprint,
    createdAtMs: act.nowMs,
  });
  await act.audit({
    siteId: siteId as SiteId,
    actor: scannerId,
    action: "scanner.replacement-asked",
    body: { scannerId, serial: scanner.serial, tokenId, keyId: message.keyId, hardwareFingerprint },
  });
  act.listChanged("enrolment", siteId as SiteId);
  act.scannersChanged([scannerId], siteId as SiteId);
}

type Waiting = NonNullable<Awaited<ReturnType<typeof store.scannerById>>>;
type Decided = { scanner: Waiting; key: replacement.WaitingKey; keyFingerprint: string };

/** From here on the old machine's key is revoked, and the new machine is the scanner. */
export async function approveReplacement(act: Act, { scanner, key, keyFingerprint }: Decided): Promise<void> {
  const { tx, nowMs, actor } = act;
  const scannerId = scanner.id as ScannerId;
  await replacement.takeKey(tx, scannerId, key, { by: actor, atMs: nowMs });
  await replacement.endRetirement(tx, scannerId);
  await store.resolveIdentityEvents(tx, scannerId, actor, nowMs);
  await replacement.countAnew(tx, scannerId, key.id);
  await reconclude(tx, scannerId, { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) });
  const from = { hostname: scanner.hostname, hardwareFingerprint: scanner.hardwareFingerprint };
  const to = { hostname: key.hostname, hardwareFingerprint: key.hardwareFingerprint };
  await told(act, scanner, {
    action: "enrolment.replaced",
    body: { keyFingerprint, was: scanner.identity, from, to },
  });
}

export async function refuseReplacement(
  act: Act,
  { scanner, key, reason }: Omit<Decided, "keyFingerprint"> & { reason: string },
): Promise<void> {
  await replacement.refuseKey(act.tx, key.id, act.nowMs);
  await told(act, scanner, { action: "enrolment.replacement-refused", body: { keyId: key.id, reason } });
}

async function told(
  act: Act,
  scanner: Waiting,
  { action, body }: { action: string; body: Record<string, unknown> },
): Promise<void> {
  const siteId = scanner.siteId as SiteId;
  const scannerId = scanner.id as ScannerId;
  await act.audit({ siteId, action, body: { scannerId, serial: scanner.serial, ...body } });
  act.listChanged("enrolment", siteId);
  act.listChanged("site", siteId);
  act.scannersChanged([scannerId], siteId);
}

/**
 * F27: the key turned up on other hardware. A person who knows that the board was exchanged accepts the fingerprint they were shown;
 * without that the known hardware stays the known one, and the other machine locks the scanner out again.
 */
export async function acceptShownHardware(act: Act, scannerId: ScannerId, shown: string): Promise<void> {
  if ((await replacement.conflictingHardware(act.tx, scannerId)) !== shown)
    throw new Refusal("hardware-differs");
  await replacement.acceptHardware(act.tx, scannerId, shown);
}
