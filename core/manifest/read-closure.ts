import type { Reading } from "#core/finding/finding.ts";
import { ABSENT, inFact, known, unseen } from "#core/manifest/reading.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

export type WhichClosure = keyof FactValue<"closures">;

/** SEE-1: the store path of one of the closures of this host. */
export function readClosure(facts: Facts, { which }: { which: WhichClosure }): Reading {
  return inFact(facts, "closures", (closures) => {
    const one = closures[which];
    if (one.state === "unknown") return { state: "unknown", reason: one.reason };
    return known(one.value.path);
  });
}

/** SEE-2: the digest over the whole closure, so a same-named path with other content differs. */
export function readClosureDigest(facts: Facts, { which }: { which: WhichClosure }): Reading {
  const closure = readClosure(facts, { which });
  if (closure.state !== "known") return closure;
  return inFact(facts, "closureDigests", (digests) => {
    const digest = digests.find((one) => one.toplevel === closure.value);
    return digest === undefined ? unseen("digest-not-computed") : known(digest.digest);
  });
}

/**
 * SEE-3: is every path of the running closure on this disk as it was built? One bad path answers at once; only a finished
 * verification of the very closure that runs can say yes.
 */
export function readClosureVerified(facts: Facts): Reading {
  return inFact(facts, "verification", (verification) => {
    if (verification.bad.length + verification.moreBad > 0) return known(false);
    const running = readClosure(facts, { which: "running" });
    if (running.state !== "known") return running;
    if (running.value !== verification.toplevel) return unseen("other-closure-verified");
    if (verification.phase !== "finished") {
      const { checkedPaths, totalPaths } = verification;
      return unseen("verification-unfinished", { checkedPaths, totalPaths });
    }
    return verification.totalPaths === 0 ? ABSENT : known(true);
  });
}
