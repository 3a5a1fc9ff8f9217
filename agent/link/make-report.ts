import type { Order } from "#agent/link/counters.ts";
import type { EnrolledIdentity } from "#agent/link/identity.ts";
import type { AuditHead } from "#core/protocol/acknowledgement.ts";
import { BODY_LIMIT_BYTES, PROTOCOL } from "#core/protocol/envelope.ts";
import type { Heartbeat } from "#core/protocol/heartbeat.ts";
import { type Fact, unknown } from "#core/report/fact.ts";
import type { FactKind } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

/** Moment of a message: wall clock for people, uptime for the skew, boot id for the order. */
export type Moment = { bootId: string; nowMs: number; uptimeMs: number };

/** The bytes of a report; they are kept, signed and sent exactly as they are here. */
export function reportBody(
  identity: EnrolledIdentity,
  order: Order,
  moment: Moment,
  content: { witness: AuditHead | null; facts: Facts },
): Buffer {
  const text = JSON.stringify({
    protocol: PROTOCOL,
    scannerId: identity.scannerId,
    bootId: moment.bootId,
    ...order,
    sentAtMs: moment.nowMs,
    observedAtMs: moment.nowMs,
    uptimeMs: moment.uptimeMs,
    witness: content.witness,
    facts: content.facts,
  });
  return Buffer.from(text, "utf8");
}

/** Room for the envelope around the facts. */
const ENVELOPE_BYTES = 2 * 1024;

/**
 * The facts, small enough to be taken: over the server's limit the largest kinds become *unknown: too large* one by one.
 * They are named, so nobody mistakes them for absent (SEE-14).
 */
export function fittingFacts(facts: Facts, limitBytes = BODY_LIMIT_BYTES.report - ENVELOPE_BYTES): Facts {
  const sizes = Object.entries(facts).map(([kind, fact]) => ({
    kind: kind as FactKind,
    bytes: Buffer.byteLength(JSON.stringify(fact)) + kind.length + 4,
  }));
  let total = sizes.reduce((sum, one) => sum + one.bytes, 0);
  const fitting: Record<string, Fact<unknown>> = { ...facts };
  for (const { kind, bytes } of sizes.sort((a, b) => b.bytes - a.bytes)) {
    if (total <= limitBytes) break;
    const instead = unknown("too-large", { path: `facts.${kind}`, maxBytes: limitBytes });
    fitting[kind] = instead;
    total += Buffer.byteLength(JSON.stringify(instead)) + kind.length + 4 - bytes;
  }
  return fitting as Facts;
}

export function heartbeatBody(beat: Omit<Heartbeat, "protocol">): Buffer {
  return Buffer.from(JSON.stringify({ protocol: PROTOCOL, ...beat } satisfies Heartbeat), "utf8");
}
