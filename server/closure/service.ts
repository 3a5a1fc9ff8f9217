import { createHash } from "node:crypto";
import { type ClosureDiff, diffClosures } from "#core/closure/diff.ts";
import { closureDigestText } from "#core/closure/digest.ts";
import type { Listing } from "#core/closure/listing.ts";
import type { ClosureUpload } from "#core/closure/upload.ts";
import type { CodeOf } from "#core/message/catalogue.ts";
import type { Reason } from "#core/report/fact.ts";
import { unknown } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { Refused } from "#server/agent-api/checks.ts";
import {
  type ClosureOwner,
  insertClosure,
  knownDigests,
  knownDigestsSql,
  listingOf,
} from "#server/closure/store.ts";
import type { Tx } from "#server/database/scoped.ts";

/** At most this many path lists are asked for in one acknowledgement (core/protocol/acknowledgement.ts). */
const WANTED_AT_ONCE = 16;

/** Of the digests a scanner reported, those whose path list nobody has sent yet. */
export function digestsWanted(reported: readonly string[], known: ReadonlySet<string>): string[] {
  return [...new Set(reported)].filter((digest) => !known.has(digest)).slice(0, WANTED_AT_ONCE);
}

/** Of some digests, those with a stored path list, as a part of a statement that reads more. */
export const storedDigestsSql = knownDigestsSql;

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

/** A path list that people signed; its digest was compared with the list when the release was verified. */
export async function storeReleasedClosure(
  tx: Tx,
  organisationId: string,
  closure: { digest: string; toplevel: string; paths: Listing["paths"] },
): Promise<void> {
  await insertClosure(tx, { scannerId: NO_SCANNER, organisationId }, closure);
}

/** Of what no scanner brought. */
const NO_SCANNER = "00000000-0000-0000-0000-000000000000";

export type Unavailable = { unavailable: Reason };

/** Which content a toplevel has, by the word of a scanner or of a release. */
type Claim = { toplevel: string; digest: string };

/**
 * What changed between two systems of one scanner (EXP-3). The digest a scanner reported says which content its toplevel has; two
 * scanners with one toplevel may differ.
 */
export async function closureDiff(
  tx: Tx,
  reported: readonly Claim[],
  from: string,
  to: string,
): Promise<ClosureDiff | Unavailable> {
  return await closureDiffBetween(tx, { reported, toplevel: from }, { reported, toplevel: to });
}

/** Which system, and what the scanner that has it reported of its content; null: it did not say what it runs. */
export type ClosureClaim = { reported: readonly Claim[]; toplevel: string | null };

/** The same between the systems of two scanners, or of one at two times. */
export async function closureDiffBetween(
  tx: Tx,
  from: ClosureClaim,
  to: ClosureClaim,
): Promise<ClosureDiff | Unavailable> {
  const before = await listingFor(tx, from);
  if ("unavailable" in before) return before;
  const after = await listingFor(tx, to);
  if ("unavailable" in after) return after;
  return diffClosures(before, after);
}

/** What going from one system to another changes, and the bytes of what the first does not have. */
export type ClosureStep = { diff: ClosureDiff; fetchBytes: number };

export async function closureStep(
  tx: Tx,
  from: ClosureClaim,
  to: ClosureClaim,
): Promise<ClosureStep | Unavailable> {
  const before = await listingFor(tx, from);
  if ("unavailable" in before) return before;
  const after = await listingFor(tx, to);
  if ("unavailable" in after) return after;
  const had = new Set(before.paths.map(({ path, narHash }) => `${path} ${narHash}`));
  const missing = after.paths.filter(({ path, narHash }) => !had.has(`${path} ${narHash}`));
  return {
    diff: diffClosures(before, after),
    fetchBytes: missing.reduce((sum, { narSize }) => sum + narSize, 0),
  };
}

async function listingFor(tx: Tx, { reported, toplevel }: ClosureClaim) {
  if (toplevel === null) return { unavailable: unknown("not-reported").reason };
  const claim = reported.find((one) => one.toplevel === toplevel);
  if (claim === undefined) return unavailable("digest-not-computed", toplevel);
  return (await listingOf(tx, claim.digest)) ?? unavailable("path-list-not-uploaded", toplevel);
}

function unavailable(code: CodeOf<"unknown">, toplevel: string): Unavailable {
  return { unavailable: unknown(code, { toplevel: toplevel.slice(0, 300) }).reason };
}
