import type { Reading } from "#core/finding/finding.ts";
import type { Scalar } from "#core/manifest/item.ts";
import type { CodeOf } from "#core/message/catalogue.ts";
import type { Reason } from "#core/report/fact.ts";
import type { FactKind, FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

/**
 * The four honest answers of a probe (SEE-14). `known`: seen, with this value. `absent`: the fact was observed and the thing is
 * not there. `unknown`: it could not be seen, and why. `not-reported`: the report does not speak of it at all.
 */
export const ABSENT: Reading = { state: "absent" };
export const NOT_REPORTED: Reading = { state: "not-reported" };

/** `ageMs`: how old the value was when the report was made; 0 for what the agent read itself. */
export function known(value: Scalar, ageMs = 0): Reading {
  return { state: "known", value, ageMs };
}

export function unseen(code: CodeOf<"unknown">, params?: Reason["params"]): Reading {
  return { state: "unknown", reason: params === undefined ? { code } : { code, params } };
}

/** A value the host itself may lack: null means that this host has none. */
export function knownOrAbsent(value: Scalar | null): Reading {
  return value === null ? ABSENT : known(value);
}

/** Reads inside one fact; a fact that is missing or unknown answers for everything in it. */
export function inFact<K extends FactKind>(
  facts: Facts,
  kind: K,
  read: (value: FactValue<K>) => Reading,
): Reading {
  const one = facts[kind] as Facts[FactKind];
  if (one === undefined) return NOT_REPORTED;
  if (one.state === "unknown") return { state: "unknown", reason: one.reason };
  const reading = read(one.value as FactValue<K>);
  return reading.state === "known" && one.atMs !== undefined ? { ...reading, readAtMs: one.atMs } : reading;
}
