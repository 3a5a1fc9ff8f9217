import type { KeyObject } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { publicKeyFromBase64, verifyBytes } from "#agent/link/keys.ts";
import type { SignedRefusal } from "#agent/link/schedule.ts";
import type { Trouble } from "#agent/link/trouble.ts";
import { REFUSALS, refusalSchema } from "#core/protocol/acknowledgement.ts";
import { ANSWER_SIGNATURE_HEADER, answerBytes, SERVER_KEY_HEADER } from "#core/protocol/envelope.ts";

/**
 * One signed request, one verified answer. An answer counts only if the pinned server key signed it over this very request
 * (M-01, M-04): a captive portal, an inspecting proxy or another server can delay a report, never acknowledge it.
 */
export type Answer =
  | { kind: "answered"; body: unknown; serverKey: string | null }
  | { kind: "refused"; code: SignedRefusal; message: string; retryAfterMs: number | null }
  | { kind: "trouble"; trouble: Trouble; retryAfterMs: number | null };

export type RawAnswer = { status: number; headers: IncomingHttpHeaders; body: Buffer };
/** Which server key an answer must be signed with: the pinned one, or at enrolment the one that `believe` accepts. */
export type ExpectedKey = { pinned: string } | { believe: (serverKeyBase64: string) => boolean };

/** Turns bytes into an Answer; everything that is not provably the server's own word about this request is `trouble`. */
export function judge(raw: RawAnswer, requestSignature: string, expected: ExpectedKey): Answer {
  const shown = oneHeader(raw, SERVER_KEY_HEADER);
  const key = keyToExpect(expected, shown);
  const signature = oneHeader(raw, ANSWER_SIGNATURE_HEADER);
  const verified =
    key !== null &&
    signature !== null &&
    verifyBytes(key, answerBytes(requestSignature, raw.body), signature);
  // Before enrolment no key is known, and the server shows its own with success only: a refusal is read, for a person, unverified.
  const unverifiedRefusal = "believe" in expected && shown === null && raw.status !== 200;
  const trouble = (): Answer => ({
    kind: "trouble",
    trouble: unsigned(raw, signature !== null),
    retryAfterMs: retryAfterMs(raw),
  });
  if (!verified && !unverifiedRefusal) return trouble();
  const body = parseJson(raw.body);
  if (raw.status === 200)
    return body === undefined
      ? wrongAnswer("status 200 with a signed body that is not JSON")
      : { kind: "answered", body, serverKey: shown };
  const refusal = refusalSchema.safeParse(body);
  if (!refusal.success) return verified ? wrongAnswer(`status ${raw.status} without a refusal`) : trouble();
  const { refused, message, retryAfterS } = refusal.data;
  const known = Object.hasOwn(REFUSALS, refused);
  return {
    kind: "refused",
    code: known ? (refused as SignedRefusal) : "unknown-refusal",
    message: known ? message : `${refused}: ${message}`,
    retryAfterMs: retryAfterS === undefined ? retryAfterMs(raw) : retryAfterS * 1000,
  };
}

let pinned: { text: string; key: KeyObject | null } | null = null;

/** A scanner believes one server for life: its key is unpacked once, not with every answer. */
function pinnedKey(text: string): KeyObject | null {
  if (pinned?.text !== text) pinned = { text, key: publicKeyFromBase64(text)?.key ?? null };
  return pinned.key;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function wrongAnswer(detail: string): Answer {
  return { kind: "trouble", trouble: { reason: "wrong-answer", detail }, retryAfterMs: null };
}

function keyToExpect(expected: ExpectedKey, shown: string | null): KeyObject | null {
  if ("pinned" in expected) return pinnedKey(expected.pinned);
  return shown !== null && expected.believe(shown) ? (publicKeyFromBase64(shown)?.key ?? null) : null;
}

/** What an answer without the server's signature was, for the person who has to find out what stands in the way. */
function unsigned(raw: RawAnswer, signed: boolean): Trouble {
  if ([429, 502, 503, 504].includes(raw.status))
    return { reason: "overloaded", detail: `status ${raw.status} without the server's signature` };
  const type = oneHeader(raw, "content-type")?.split(";")[0]?.slice(0, 64) ?? "no content type";
  const what = signed ? "with a signature of another key" : "without the server's signature";
  const where = oneHeader(raw, "location");
  const redirect =
    where === null ? "" : `, redirecting to ${where.slice(0, 200)} (redirects are not followed)`;
  return { reason: "not-the-server", detail: `status ${raw.status}, ${type}, ${what}${redirect}` };
}

function oneHeader(raw: RawAnswer, name: string): string | null {
  const value = raw.headers[name];
  return typeof value === "string" ? value : null;
}

/** Retry-After (RFC 9110 §10.2.3) in seconds or as a date; a date is read against the answer's own Date, because this clock may be wrong. */
function retryAfterMs(raw: RawAnswer): number | null {
  const header = oneHeader(raw, "retry-after");
  if (header === null) return null;
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000;
  const wait = Date.parse(header) - Date.parse(oneHeader(raw, "date") ?? "");
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}
