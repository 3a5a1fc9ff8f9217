import type { Reading } from "#core/finding/finding.ts";
import { ABSENT, inFact, known, knownOrAbsent, unseen } from "#core/manifest/reading.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

type SafetyFact = FactValue<"safety">;
type LastState = NonNullable<SafetyFact["last"]>;

/**
 * SEE-11. What the safety daemon said last is believed only while the scanner hears it: with any link but `connected` the last
 * state is "last known" and reads as unknown, so a daemon that died while all was well is never taken for well (F12).
 */
function whileHeard(facts: Facts, read: (last: LastState) => Reading): Reading {
  return inFact(facts, "safety", (safety) => {
    if (safety.link === "absent") return unseen("safety-absent");
    if (safety.link === "silent") return unseen("safety-silent");
    if (safety.link === "garbage") return unseen("safety-garbage");
    if (safety.link === "unknown" || safety.last === null) return unseen("safety-not-heard");
    return read(safety.last);
  });
}

export function readSafetyLink(facts: Facts): Reading {
  return inFact(facts, "safety", ({ link }) =>
    link === "unknown" ? unseen("safety-not-heard") : known(link),
  );
}

export function readSafetyState(facts: Facts): Reading {
  return whileHeard(facts, (last) =>
    last.state === "unknown" ? unseen("safety-word-unknown") : known(last.state),
  );
}

/** Measured on the scanner by its monotonic clock, milliseconds; readable while silent too, that is its point. */
export function readSafetyHeartbeatAge(facts: Facts): Reading {
  return inFact(facts, "safety", ({ heartbeatAgeMs }) =>
    heartbeatAgeMs === null ? unseen("safety-not-heard") : known(heartbeatAgeMs),
  );
}

export function readSafetyChain(facts: Facts, { element }: { element: string }): Reading {
  return whileHeard(facts, (last) => {
    const found = last.chain.find((one) => one.id === element);
    if (found === undefined) return ABSENT;
    return found.state === "unknown" ? unseen("chain-element-unknown", { element }) : known(found.state);
  });
}

export function readSafetyLimits(facts: Facts): Reading {
  return whileHeard(facts, (last) => knownOrAbsent(last.limitsHash));
}

/** How many protections are switched off, by name or in the chain; 0 is the only good answer (F11). */
export function readSafetyBypasses(facts: Facts): Reading {
  return whileHeard(facts, (last) => known(bypassNames(last).length));
}

export function bypassNames(last: LastState): string[] {
  const inChain = last.chain.filter((one) => one.state === "bypassed").map((one) => one.id);
  return [...new Set([...last.bypasses, ...inChain])].sort();
}

export function readSafetyPermission(facts: Facts): Reading {
  return whileHeard(facts, (last) => known(last.permission));
}

/** Which program watches over safety; known from its hello, so only while it is heard. */
export function readSafetyDaemon(facts: Facts, { field }: { field: "name" | "version" }): Reading {
  return inFact(facts, "safety", (safety) => {
    if (safety.link !== "connected") return unseen("safety-not-heard");
    return knownOrAbsent(field === "name" ? safety.daemon : safety.version);
  });
}
