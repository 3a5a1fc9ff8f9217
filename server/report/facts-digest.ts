import { createHash } from "node:crypto";
import { factsDigestText } from "#core/report/digest.ts";
import type { Facts } from "#core/report/report.ts";

/** SHA-256, hex, of what counts as a change; agent and server compute the same (core/report/digest.ts). */
export function factsDigest(facts: Facts): string {
  return createHash("sha256").update(factsDigestText(facts)).digest("hex");
}
