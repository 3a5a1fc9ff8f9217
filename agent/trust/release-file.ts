import { createHash } from "node:crypto";
import { parseJson } from "#agent/trust/model.ts";
import { sha256 } from "#agent/trust/seal.ts";
import type {
  FoundRelease,
  VerifiedInstruction,
  VerifiedRelease,
  VerifiedTargets,
} from "#agent/trust/verified.ts";
import { refuseRelease } from "#core/release/closure.ts";
import { systemOf } from "#core/release/fit.ts";
import {
  RELEASE_LIMIT_BYTES,
  type Release,
  releaseSchema,
  releaseTargetCustomSchema,
  releaseTargetPath,
} from "#core/release/release.ts";
import type { TrustRefusal } from "#core/trust/attack.ts";
import type { SignedTarget } from "#core/trust/metadata.ts";

/** The release file an instruction points at, with the system it names. */
export function verifyRelease(
  instruction: VerifiedInstruction,
  bytes: Uint8Array,
): VerifiedRelease | TrustRefusal {
  const release = readRelease(instruction.target, bytes);
  if ("refused" in release) return release;
  const system = systemOf(release, instruction);
  if ("refused" in system) return system;
  const found: FoundRelease = { release, system };
  return found as VerifiedRelease;
}

/** A release file of the repository by its name: for those who have no instruction (server, `fiducial verify`). */
export function verifyListedRelease(
  targets: VerifiedTargets,
  name: string,
  bytes: Uint8Array,
): Release | TrustRefusal {
  const path = releaseTargetPath(name);
  const target = Object.hasOwn(targets.targets, path) ? targets.targets[path] : undefined;
  if (target === undefined)
    return { refused: "unknown-release", where: "release targets", detail: `${path} is not listed` };
  const release = readRelease(target, bytes);
  if ("refused" in release) return release;
  const custom = releaseTargetCustomSchema.safeParse(target.custom);
  const agrees =
    custom.success &&
    release.name === name &&
    custom.data.counter === release.counter &&
    custom.data.floor === release.floor;
  if (agrees) return release;
  const detail = "name, counter or floor differ between the file and its target";
  return { refused: "releases-disagree", where: "release", detail };
}

/** A release file as its target describes it: length, every hash, shape, and that it holds together. */
export function readRelease(
  target: Pick<SignedTarget, "length" | "hashes">,
  bytes: Uint8Array,
): Release | TrustRefusal {
  const refuse = (refused: TrustRefusal["refused"], detail: string) => ({
    refused,
    where: "release",
    detail,
  });
  if (target.length > RELEASE_LIMIT_BYTES) return refuse("too-large", `${target.length} bytes`);
  if (bytes.length !== target.length)
    return refuse("content-mismatch", `${bytes.length} bytes, signed are ${target.length}`);
  for (const kind of ["sha256", "sha512"] as const) {
    const wanted = target.hashes[kind];
    if (wanted !== undefined && createHash(kind).update(bytes).digest("hex") !== wanted)
      return refuse("content-mismatch", `${kind} is not the signed one`);
  }
  const parsed = releaseSchema.safeParse(parseJson(bytes));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse("wrong-metadata", `${issue?.path.join(".")}: ${issue?.message}`.slice(0, 200));
  }
  return refuseRelease(parsed.data, sha256) ?? parsed.data;
}
