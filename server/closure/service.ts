import { createHash } from "node:crypto";
import { type ClosureDiff, diffClosures } from "#core/closure/diff.ts";
import { closureDigestText } from "#core/closure/digest.ts";
import type { ClosureUpload } from "#core/closure/upload.ts";
import type { CodeOf } from "#core/message/catalogue.ts";
import type { Reason } from "#core/report/fact.ts";
import { unknown } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { Refused } from "#server/agent-api/checks.ts";
import { type ClosureOwner, insertClosure, knownDigests, listingOf } from "#server/closure/store.ts";
import type { Tx } from "#server/database/scoped.ts";

/** At most this many path lists are asked for in one acknowledgement (core/protocol/acknowledgement.ts). */
const WANTED_AT_ONCE = 16;

/** Of the digests a scanner reported, those whose path list nobody has sent yet. */
export async function digestsWanted(tx: Tx, reported: readonly string[]): Promise<string[]> {
  const distinct = [...new Set(reported)];
  if (distinct.length === 0) return [];
  const known = await knownDigests(tx, distinct);
  return distinct.filter((digest) => !known.has(digest)).slice(0, WANTED_AT_ONCE);
}

/** Of these digests, those with a stored path list. */
export async function digestsWithPaths(tx: Tx, digests: readonly string[]): Promise<Set<string>> {
  return digests.length === 0 ? new Set() : await knownDigests(tx, digests);
}

/**
 * Stores a path list once per digest. A list is taken only from a scanner that reported this very digest for this toplevel, and only
 * if it hashes to it: so a scanner can fill the database with nothing but what it runs, and cannot speak for another closure.
 * @throws Refused not-asked-for, digest-mismatch
 */
export async function storeClosure(
  tx: Tx,
  owner: ClosureOwner,
  upload: ClosureUpload,
  reported: FactValue<"closureDigests">,
): Promise<void> {
  const claim = reported.find(({ digest }) => digest === upload.digest);
  if (claim === undefined || claim.toplevel !== upload.toplevel) throw new Refused("asked");
  const digest = createHash("sha256").update(closureDigestText(upload.paths)).digest("hex");
  if (digest !== upload.digest) throw new Refused("digest");
  await insertClosure(tx, owner, upload);
}

export type Unavailable = { unavailable: Reason };

/**
 * What changed between two systems of one scanner (EXP-3). The digest a scanner reported says which content its toplevel has; two
 * scanners with one toplevel may differ.
 */
export async function closureDiff(
  tx: Tx,
  reported: FactValue<"closureDigests">,
  from: string,
  to: string,
): Promise<ClosureDiff | Unavailable> {
  const before = await listingFor(tx, reported, from);
  if ("unavailable" in before) return before;
  const after = await listingFor(tx, reported, to);
  if ("unavailable" in after) return after;
  return diffClosures(before, after);
}

async function listingFor(tx: Tx, reported: FactValue<"closureDigests">, toplevel: string) {
  const claim = reported.find((one) => one.toplevel === toplevel);
  if (claim === undefined) return unavailable("digest-not-computed", toplevel);
  return (await listingOf(tx, claim.digest)) ?? unavailable("path-list-not-uploaded", toplevel);
}

function unavailable(code: CodeOf<"unknown">, toplevel: string): Unavailable {
  return { unavailable: unknown(code, { toplevel: toplevel.slice(0, 300) }).reason };
}
