import type { Compared, Finding, Reading } from "#core/finding/finding.ts";
import type { Expectation, Item, Manifest, Scalar } from "#core/manifest/item.ts";
import { ageLimitMs, readProbe } from "#core/manifest/kinds.ts";
import type { Reason } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";

/** `observedAgoMs`: since the scanner last confirmed these facts, by a report or by a heartbeat with their digest. */
export type CompareContext = { observedAgoMs: number };

/**
 * *Intact?* (EXP-4): the facts, item by item, against the expected state of the release that the scanner runs. The pin is no
 * input, so moving it cannot make a finding. One row per item, in the manifest's order.
 */
export function compareIntact(manifest: Manifest, facts: Facts, context: CompareContext): Compared[] {
  const scanning = isScanning(facts);
  return manifest.items.map((item) => {
    const reading = aged(readProbe(facts, item.kind, item.args), context.observedAgoMs);
    return { item, reading, finding: findingOf(item, reading, scanning) };
  });
}

/** True only when the safety daemon is heard and says that the scanner is not idle; what is unknown does not stop an age limit. */
export function isScanning(facts: Facts): boolean {
  const safety = facts.safety;
  if (safety?.state !== "observed" || safety.value.link !== "connected") return false;
  const scanState = safety.value.last?.scanState ?? "unknown";
  return scanState !== "idle" && scanState !== "unknown";
}

function aged(reading: Reading, agoMs: number): Reading {
  return reading.state === "known" ? { ...reading, ageMs: reading.ageMs + Math.max(0, agoMs) } : reading;
}

type Verdict = { problem: Finding["problem"]; actual: Scalar | null; reason: Reason | null };

function findingOf(item: Item, reading: Reading, scanning: boolean): Finding | null {
  const verdict = verdictOf(item, reading, scanning);
  if (verdict === null) return null;
  return {
    itemId: item.id,
    kind: item.kind,
    class: item.class,
    expected: item.expect,
    unit: item.unit ?? null,
    riskControlId: item.riskControlId ?? null,
    ...verdict,
  };
}

function verdictOf(item: Item, reading: Reading, scanning: boolean): Verdict | null {
  switch (reading.state) {
    // SEE-14: what was not seen is a finding of its own kind, never a pass.
    case "unknown":
      return { problem: "unknown", actual: null, reason: reading.reason };
    case "not-reported":
      return { problem: "not-reported", actual: null, reason: null };
    case "unknown-kind":
      return { problem: "unknown-kind", actual: null, reason: null };
    case "absent":
      if (item.expect.op === "present" && !item.expect.want) return null;
      return { problem: "absent", actual: null, reason: null };
    case "known":
      return knownVerdict(item, reading, scanning);
  }
}

function knownVerdict(
  item: Item,
  reading: Extract<Reading, { state: "known" }>,
  scanning: boolean,
): Verdict | null {
  if (!holds(item.expect, reading.value)) return { problem: "differs", actual: reading.value, reason: null };
  // SEE-17, status.md: an age limit runs only while the item may be read; skipped values age visibly instead.
  const limitRuns = item.while === "always" || (item.while === "idle" && !scanning);
  const limitMs = ageLimitMs(item);
  if (!limitRuns || limitMs === null || reading.ageMs <= limitMs) return null;
  return { problem: "too-old", actual: reading.value, reason: null };
}

/** Values are equal only with the same type: "1" is not 1. A range holds for numbers only, both ends included. */
function holds(expect: Expectation, value: Scalar): boolean {
  switch (expect.op) {
    case "eq":
      return value === expect.want;
    case "oneOf":
      return expect.want.includes(value);
    case "range":
      if (typeof value !== "number" || Number.isNaN(value)) return false;
      return value >= (expect.want.min ?? -Infinity) && value <= (expect.want.max ?? Infinity);
    case "present":
      return expect.want;
    case "maxAge":
      return true;
  }
}

/** Was the item seen and does not hold? Everything else that is a finding could not be seen. */
export function wasSeen(finding: Pick<Finding, "problem">): boolean {
  return finding.problem === "differs" || finding.problem === "absent";
}
