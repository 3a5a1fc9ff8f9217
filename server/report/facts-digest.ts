import { createHash } from "node:crypto";
import { digestTextOf } from "#core/report/digest.ts";
import type { Facts } from "#core/report/report.ts";
import { type StableFacts, stableFacts } from "#server/report/fact-history.ts";

/** SHA-256, hex, of what counts as a change; agent and server compute the same (core/report/digest.ts). */
export function factsDigest(facts: Facts): string {
  return stableDigest(stableFacts(facts));
}

/** The same of facts as history keeps them. */
export function stableDigest(facts: StableFacts): string {
  const texts = new Map([...facts].map(([kind, { text }]) => [kind, text]));
  return createHash("sha256").update(digestTextOf(texts)).digest("hex");
}
