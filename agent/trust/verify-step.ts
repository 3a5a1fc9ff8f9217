import { LengthOrHashMismatchError, UnsignedMetadataError } from "@tufjs/models/dist/error.js";
import { BadVersionError, ExpiredMetadataError } from "tuf-js/dist/error.js";
import { type AnyModel, type Model, parseMetadata } from "#agent/trust/model.ts";
import { countSignatures } from "#agent/trust/signatures.ts";
import { refused } from "#agent/trust/trust-stop.ts";
import type { RefusalReason } from "#core/trust/attack.ts";
import type { MetadataRole, RepositoryName } from "#core/trust/layout.ts";
import type { BodyOf } from "#core/trust/metadata.ts";

export type Place<R extends MetadataRole = MetadataRole> = { repository: RepositoryName; role: R };

/** Reads a file of a role, or stops with the word for what is wrong with it. */
export function parsed<R extends MetadataRole>(
  { repository, role }: Place<R>,
  bytes: Uint8Array,
): { body: BodyOf<R>; model: Model<R> } {
  const read = parseMetadata(role, bytes);
  if (read.ok) return read;
  throw refused(repository, role, read.refusal.refused, read.refusal.detail);
}

type Step = {
  place: Place;
  root: Model<"root">;
  model: AnyModel;
  /** What a version that does not fit means in this step; the library has one error for all of them. */
  wrongVersion: RefusalReason;
};

/** Runs one step of the library and gives its errors the names of the attacks they stop (pitfall 8). */
export function verifying<T>(step: Step, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw stopFor(step, error);
  }
}

function stopFor({ place, root, model, wrongVersion }: Step, error: unknown): unknown {
  const { repository, role } = place;
  const stop = (reason: RefusalReason) =>
    refused(repository, role, reason, error instanceof Error ? error.message : "");
  if (error instanceof UnsignedMetadataError) {
    return stop(countSignatures(root, role, model).valid.length > 0 ? "threshold-missed" : "bad-signature");
  }
  if (error instanceof LengthOrHashMismatchError) return stop("mix-and-match");
  if (error instanceof ExpiredMetadataError) return stop("metadata-frozen");
  if (error instanceof BadVersionError) return stop(wrongVersion);
  return error;
}
