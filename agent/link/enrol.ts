import { hostname } from "node:os";
import { foundCounters } from "#agent/link/counters.ts";
import { durableFolder, messageOf } from "#agent/link/durable.ts";
import {
  bearKey,
  type EnrolledIdentity,
  type Identity,
  identityPath,
  keyOf,
  readIdentity,
  writeIdentity,
} from "#agent/link/identity.ts";
import { publicKeyFromBase64, type SigningKey } from "#agent/link/keys.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { openLinkState } from "#agent/link/open-state.ts";
import type { ProxySettings } from "#agent/link/proxy.ts";
import { createTransport, parseServerUrl } from "#agent/link/transport.ts";
import { TROUBLES } from "#agent/link/trouble.ts";
import { VERSION } from "#agent/version.ts";
import { type EnrolRequest, enrolAnswerSchema } from "#core/protocol/acknowledgement.ts";
import { fingerprintText, PROTOCOL } from "#core/protocol/envelope.ts";

/** Enrolment (ADM-4): one request with a one-time token; afterwards this machine believes exactly one server key. */
export type EnrolOrder = {
  stateDir: string;
  serverUrl: string;
  token: string;
  /** What the operator typed, or null with `trustFirstUse`. */
  fingerprint: string | null;
  trustFirstUse: boolean;
  serial: string | null;
  /** Makes a new key although this machine is enrolled: after a board swap, or for another server. */
  replace: boolean;
  hardwareFingerprint: string;
  bootId: string;
  nowMs: number;
  proxy: ProxySettings;
  extraCa: string | null;
  outbox: { reports: number; bytes: number };
};
export type Enrolled = {
  identity: EnrolledIdentity;
  state: "pending" | "approved";
  /** Both ends show these; people compare them. */
  scannerFingerprint: string;
  serverFingerprint: string;
  /** Reports of an earlier identity that no server will ever take. */
  givenUp: number;
};

/** Throws LinkError with what to do; nothing but a new key has been kept then, so the same command can be given again. */
export async function enrol(order: EnrolOrder): Promise<Enrolled> {
  const expected = expectedFingerprint(order);
  parseServerUrl(order.serverUrl);
  const { identity, key, replacing } = await keyFor(order);
  let seen: string | null = null;
  const transport = createTransport({
    serverUrl: order.serverUrl,
    key,
    serverKey: {
      believe(serverKey) {
        seen = publicKeyFromBase64(serverKey)?.keyId ?? null;
        return seen !== null && (expected === null || fingerprintDigits(fingerprintText(seen)) === expected);
      },
    },
    proxy: order.proxy,
    extraCa: order.extraCa,
  });
  const answer = await transport.send("enroll", requestBody(order, key));
  transport.close();
  switch (answer.kind) {
    case "trouble":
      if (seen !== null && answer.trouble.reason === "not-the-server") throw mismatch(seen);
      throw new LinkError(
        "unreachable",
        `${order.serverUrl}: ${TROUBLES[answer.trouble.reason]} (${answer.trouble.detail}).`,
      );
    case "refused":
      throw new LinkError("refused", `The server refused: ${answer.message} (${answer.code})`);
    case "answered": {
      const parsed = enrolAnswerSchema.safeParse(answer.body);
      if (!parsed.success || answer.serverKey === null || seen === null)
        throw new LinkError("unreachable", "The server's answer is not one this version understands.");
      const { scannerId, serial, state } = parsed.data;
      const enrolled: EnrolledIdentity = {
        ...identity,
        state: "enrolled",
        scannerId,
        serial,
        serverUrl: order.serverUrl,
        serverPublicKey: answer.serverKey,
        serverTrust: expected === null ? "first-use" : "fingerprint",
        enrolledAtMs: order.nowMs,
      };
      const givenUp = await settle(order, enrolled, replacing);
      return {
        identity: enrolled,
        state,
        scannerFingerprint: fingerprintText(key.keyId),
        serverFingerprint: fingerprintText(seen),
        givenUp,
      };
    }
  }
}

/** Counters first: once there is an identity, a missing counters file means a lost one (counters.ts). */
async function settle(order: EnrolOrder, enrolled: EnrolledIdentity, replacing: boolean): Promise<number> {
  const givenUp = replacing ? await giveUpReports(order) : 0;
  await foundCounters(order.stateDir);
  await writeIdentity(order.stateDir, enrolled);
  return givenUp;
}

/** Reports signed for an earlier identity name another scanner; keeping them would only block the new ones. Counted. */
async function giveUpReports(order: EnrolOrder): Promise<number> {
  const state = await openLinkState(order, {
    enrolledAtMs: order.nowMs,
    bootId: order.bootId,
    nowMs: order.nowMs,
    log: () => undefined,
  });
  return state.outbox.clear();
}

const FINGERPRINT_DIGITS = 32;

/** K-04: without something to compare with, whoever answers first would own this scanner's reports. */
function expectedFingerprint(order: Pick<EnrolOrder, "fingerprint" | "trustFirstUse">): string | null {
  if (order.fingerprint === null) {
    if (order.trustFirstUse) return null;
    throw new LinkError(
      "fingerprint-missing",
      "Nothing says which server this machine may believe. Give --fingerprint with the digits shown beside the token, or --trust-on-first-use to believe whoever answers now.",
    );
  }
  const digits = fingerprintDigits(order.fingerprint);
  if (digits.length === FINGERPRINT_DIGITS && /^[0-9a-f]+$/.test(digits)) return digits;
  throw new LinkError(
    "bad-config",
    `The fingerprint has ${FINGERPRINT_DIGITS} hexadecimal digits; "${order.fingerprint}" is something else.`,
  );
}

/** People type spaces, colons, dashes and capitals. */
function fingerprintDigits(text: string): string {
  return text.toLowerCase().replace(/[\s:-]/g, "");
}

function mismatch(seen: string): LinkError {
  return new LinkError(
    "fingerprint-mismatch",
    `The server that answered has the fingerprint ${fingerprintText(seen)}, not the one you gave. It is another server, or somebody stands in between. This machine is not enrolled, but its token may have been seen: revoke it and make a new one.`,
  );
}

/** `replacing`: there was an identity before this one, and reports of it may wait. */
type KeyForEnrolment = { identity: Identity; key: SigningKey; replacing: boolean };

async function keyFor(order: EnrolOrder): Promise<KeyForEnrolment> {
  const path = identityPath(order.stateDir);
  await makeFolder(order.stateDir);
  const kept = await readIdentity(order.stateDir);
  if (kept.state === "denied")
    throw new LinkError(
      "state-denied",
      `${path} cannot be read (${kept.detail}). Run as root or as its owner.`,
    );
  if (kept.state === "torn" && !order.replace)
    throw new LinkError(
      "state-damaged",
      `${path} is damaged (${kept.detail}). Restore it, or give --replace to make a new key.`,
    );
  if (kept.state === "kept" && kept.value.state === "enrolled" && !order.replace)
    throw new LinkError(
      "already-enrolled",
      `This machine is enrolled as ${kept.value.serial} with ${kept.value.serverUrl}. Give --replace to make a new key and enrol it anew.`,
    );
  if (kept.state === "kept" && kept.value.state === "born")
    return { identity: kept.value, key: keyOf(kept.value, path), replacing: false };
  // An old identity stays until the server has answered; a new key is only written down at once where there is none to lose.
  const replacing = kept.state !== "missing";
  const identity = await bearKey(order.stateDir, order.nowMs, !replacing);
  return { identity, key: keyOf(identity, path), replacing };
}

async function makeFolder(stateDir: string): Promise<void> {
  try {
    await durableFolder(stateDir);
  } catch (error) {
    throw new LinkError(
      "state-unwritable",
      `${stateDir} cannot be made: ${messageOf(error)}. Run as root, or give --state with a folder of yours.`,
      { cause: error },
    );
  }
}

function requestBody(order: EnrolOrder, key: SigningKey): Buffer {
  const request: EnrolRequest = {
    protocol: PROTOCOL,
    token: order.token,
    publicKey: Buffer.from(key.publicKey).toString("base64"),
    serial: order.serial,
    hostname: hostname().slice(0, 253),
    hardwareFingerprint: order.hardwareFingerprint,
    agentVersion: VERSION,
    bootId: order.bootId,
    sentAtMs: order.nowMs,
  };
  return Buffer.from(JSON.stringify(request), "utf8");
}
