import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  acknowledgementSchema,
  enrolAnswerSchema,
  enrolRequestSchema,
  REFUSALS,
  refusalSchema,
} from "./acknowledgement.ts";
import {
  ANSWER_TYPE,
  answerBytes,
  BODY_LIMIT_BYTES,
  fingerprintText,
  PAYLOAD_TYPES,
  preAuthEncoding,
  REPORT_TARGET_BYTES,
} from "./envelope.ts";
import { heartbeatSchema } from "./heartbeat.ts";
import { HEARTBEAT_MS, LATE_AFTER_MS, OFFLINE_AFTER_MS } from "./timing.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (value: string) => new TextEncoder().encode(value);

test("the pre-authentication encoding is DSSE's own example [DSSE v1]", () => {
  const encoded = preAuthEncoding("http://example.com/HelloWorld", bytes("hello world"));
  expect(text(encoded)).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

test("lengths count bytes, not characters", () => {
  expect(text(preAuthEncoding("t", bytes("ü")))).toBe("DSSEv1 1 t 2 ü");
});

test("two messages never share an encoding, so a heartbeat cannot be replayed as a report [Z-06]", () => {
  const part = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(part, part, part, part, (type, body, otherType, otherBody) => {
      const same = type === otherType && body === otherBody;
      const equal =
        text(preAuthEncoding(type, bytes(body))) === text(preAuthEncoding(otherType, bytes(otherBody)));
      expect(equal).toBe(same);
    }),
  );
  expect(new Set(Object.values(PAYLOAD_TYPES)).size).toBe(Object.keys(PAYLOAD_TYPES).length);
});

test("an answer is bound to the request that it answers [M-01]", () => {
  const encoded = text(answerBytes("c2ln", bytes("{}")));
  expect(encoded).toBe(`DSSEv1 ${ANSWER_TYPE.length} ${ANSWER_TYPE} 7 c2ln\n{}`);
  expect(text(answerBytes("b3RoZXI", bytes("{}")))).not.toBe(encoded);
});

test("both ends show a key in the same groups of four", () => {
  const hash = createHash("sha256").update("key").digest("hex");
  expect(fingerprintText(hash)).toBe(hash.slice(0, 32).replace(/(.{4})(?!$)/g, "$1 "));
  expect(fingerprintText("")).toBe("");
});

test("a full report fits well inside what the server reads, and late comes before offline", () => {
  expect(REPORT_TARGET_BYTES).toBeLessThan(BODY_LIMIT_BYTES.report);
  expect(HEARTBEAT_MS * 2).toBeLessThan(LATE_AFTER_MS);
  expect(LATE_AFTER_MS).toBeLessThan(OFFLINE_AFTER_MS);
});

test("a heartbeat is strict: an extra field is refused", () => {
  const beat = {
    protocol: 1,
    scannerId: "01980c3e-7b6a-7c1e-8f00-0123456789ab",
    bootId: "aaaaaaaa-0000-4000-8000-000000000000",
    bootCounter: 1,
    startCounter: 1,
    beat: 1,
    factsDigest: "ab".repeat(32),
    sentAtMs: 1,
    uptimeMs: 1,
    outbox: 0,
  };
  expect(heartbeatSchema.safeParse(beat).success).toBe(true);
  expect(heartbeatSchema.safeParse({ ...beat, extra: 1 }).success).toBe(false);
  expect(heartbeatSchema.safeParse({ ...beat, beat: 0 }).success).toBe(false);
});

test("an agent ignores what a newer server adds to its answer", () => {
  const answer = {
    protocols: [1],
    seq: null,
    needFull: false,
    needClosure: [],
    directorVersion: 0,
    auditHead: null,
    serverTimeMs: 1,
    newer: true,
  };
  expect(acknowledgementSchema.parse(answer)).not.toHaveProperty("newer");
  expect(refusalSchema.safeParse({ refused: "busy", message: "x", retryAfterS: 5 }).success).toBe(true);
  expect(enrolAnswerSchema.safeParse({}).success).toBe(false);
  expect(enrolRequestSchema.safeParse({}).success).toBe(false);
});

test("every refusal is an error status", () => {
  for (const status of Object.values(REFUSALS)) expect(status).toBeGreaterThanOrEqual(400);
});
