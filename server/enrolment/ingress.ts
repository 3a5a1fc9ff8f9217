import { v7 } from "uuid";
import { type ScannerId, type Scope, type SiteId, serialSchema } from "#core/identity/identity.ts";
import type { EnrolAnswer } from "#core/protocol/acknowledgement.ts";
import { fingerprintText } from "#core/protocol/envelope.ts";
import type { Act, Tx } from "#server/act.ts";
import { type CheckId, Refused } from "#server/agent-api/checks.ts";
import type { Enrol, EnrolMessage } from "#server/agent-api/messages.ts";
import { hashToken } from "#server/one-time-token.ts";
import { unlessTaken } from "#server/taken.ts";
import { askToContinue, continuedScanner } from "./replacement.ts";
import * as store from "./store.ts";

/** Both over all sites: which site it is, the token says. */
export type EnrolPorts = {
  read: <T>(look: (tx: Tx) => Promise<T>) => Promise<T>;
  act: <T>(nowMs: number, work: (act: Act) => Promise<T>) => Promise<T>;
};

/**
 * A machine introduces itself with a one-time token. Its key is stored with the request that it signed; it may report nothing
 * until a person has compared the key. The token belongs to one site and makes one scanner, whatever arrives at the same
 * moment (B-12).
 */
export function createEnrol({ read, act }: EnrolPorts): Enrol {
  return async (message) => {
    const repeated = await read((tx) => answerAgain(tx, message));
    return repeated ?? act(message.receivedAtMs, (one) => enrol(one, message));
  };
}

/** The machine whose token this was may not have read our answer: the same key with the same token is told the same. */
async function answerAgain(tx: Tx, message: EnrolMessage): Promise<EnrolAnswer | null> {
  const token = await knownToken(tx, message);
  const key = await store.keyById(tx, message.keyId);
  if (key === null || key.revokedAt !== null || key.scannerId !== token.usedByScannerId) return null;
  const { id, serial, identity } = key.scanner;
  const state = key.standing === "live" ? identity : KEY_STATE[key.standing];
  if (state !== "pending" && state !== "approved") return null;
  return answer(message, { id: id as ScannerId, serial, state });
}

const KEY_STATE: Readonly<Record<string, string>> = { waiting: "pending", refused: "refused" };

async function knownToken(tx: Tx, message: EnrolMessage): Promise<store.TokenRecord> {
  const token = await store.tokenByHash(tx, hashToken(message.value.token));
  if (token === null) throw new Refused("token");
  return token;
}

async function enrol(act: Act, message: EnrolMessage): Promise<EnrolAnswer> {
  const token = await knownToken(act.tx, message);
  if (token.usedAt !== null) throw new Refused("token-once");
  if (token.revokedAt !== null || token.expiresAt.getTime() <= act.nowMs) throw new Refused("token-life");
  const known = await store.keyById(act.tx, message.keyId);
  if (known !== null && known.standing === "live" && known.revokedAt === null)
    return askAgain(act, token, { message, known: known.scanner });
  const serial = serialOf(token, message);
  const continued = await continuedScanner(act.tx, token, serial);
  if (known !== null && known.scannerId !== continued?.id)
    throw new Refused(IDENTITY_CHECK[known.scanner.identity] ?? "serial");
  if (continued === null) return introduce(act, token, { message, serial });
  await consume(act, token, continued.id as ScannerId);
  await askToContinue(act, continued, { message, tokenId: token.id });
  return answer(message, { id: continued.id as ScannerId, serial: continued.serial, state: "pending" });
}

async function introduce(
  act: Act,
  token: store.TokenRecord,
  { message, serial }: { message: EnrolMessage; serial: string },
): Promise<EnrolAnswer> {
  const id = v7() as ScannerId;
  const { organisationId, regionId, siteId } = token;
  const scope = { organisationId, regionId, siteId } as Scope;
  await consume(act, token, id);
  await freeSerial(act, scope, serial);
  const { hostname, hardwareFingerprint } = message.value;
  const { alias, model } = token;
  const scanner = { id, scope, serial, alias, model, hostname, hardwareFingerprint, createdAtMs: act.nowMs };
  const created = store.createScanner(act.tx, scanner, { id: message.keyId, publicKey: message.publicKey });
  await unlessTaken(created, new Refused("serial"));
  await act.audit({
    siteId: scope.siteId,
    actor: id,
    action: "scanner.enrolled",
    body: { scannerId: id, serial, tokenId: token.id, keyId: message.keyId, hardwareFingerprint },
  });
  act.listChanged("enrolment", scope.siteId);
  return answer(message, { id, serial, state: "pending" });
}

/** What the person wrote on the token goes before what the machine says of itself; a machine without a serial has its host name. */
function serialOf(token: store.TokenRecord, { value }: EnrolMessage): string {
  const parsed = serialSchema.safeParse(token.serial ?? value.serial ?? value.hostname);
  if (!parsed.success) throw new Refused("schema", "serial");
  return parsed.data;
}

async function consume(act: Act, token: store.TokenRecord, scannerId: ScannerId): Promise<void> {
  if (!(await store.consumeToken(act.tx, token.id, scannerId, act.nowMs))) throw new Refused("token-once");
}

/** A machine that was refused holds no serial: the right one may come under it. */
async function freeSerial(act: Act, scope: Scope, serial: string): Promise<void> {
  const holder = await store.scannerWithSerial(act.tx, scope.organisationId, serial);
  if (holder === null) return;
  if (holder.identity !== "refused") throw new Refused("serial");
  await store.relabel(act.tx, holder.id, `${serial.slice(0, 40)}.refused.${holder.id.slice(-12)}`);
}

const IDENTITY_CHECK: Readonly<Record<string, CheckId>> = {
  "locked-out": "identity-locked",
  retired: "identity-retired",
  refused: "identity-refused",
};

type Known = { message: EnrolMessage; known: store.KnownMachineKey["scanner"] };

/** A refused machine comes with a token that a person gave it since: it waits for approval once more, under its old serial and site. */
async function askAgain(act: Act, token: store.TokenRecord, { message, known }: Known): Promise<EnrolAnswer> {
  const id = known.id as ScannerId;
  if (known.identity !== "refused" || known.siteId !== token.siteId)
    throw new Refused(IDENTITY_CHECK[known.identity] ?? "serial");
  await consume(act, token, id);
  await store.reopen(act.tx, id, act.nowMs);
  const siteId = known.siteId as SiteId;
  const body = { scannerId: id, serial: known.serial, tokenId: token.id };
  await act.audit({ siteId, actor: id, action: "scanner.asked-again", body });
  act.listChanged("enrolment", siteId);
  return answer(message, { id, serial: known.serial, state: "pending" });
}

type Registered = { id: ScannerId; serial: string; state: EnrolAnswer["state"] };

function answer({ keyId, receivedAtMs }: EnrolMessage, { id, serial, state }: Registered): EnrolAnswer {
  return { scannerId: id, serial, state, keyFingerprint: fingerprintText(keyId), serverTimeMs: receivedAtMs };
}
