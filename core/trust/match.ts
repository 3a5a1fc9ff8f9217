import type { ScannerId } from "#core/identity/identity.ts";
import {
  type ReleaseTargetCustom,
  releaseTargetCustomSchema,
  releaseTargetPath,
} from "#core/release/release.ts";
import type { RefusalReason, TrustRefusal } from "#core/trust/attack.ts";
import { type Instruction, instructionSchema } from "#core/trust/instruction.ts";
import type { Hashes, SignedTarget, SignedTargets } from "#core/trust/metadata.ts";

/** The one file an instruction points at, as both repositories describe it. */
type MatchedTarget = { path: string; length: number; hashes: Hashes };

/** An instruction of the director for a release that people signed: the two repositories say the same (Uptane §5.4.4.2). */
export type Matched = {
  instruction: Instruction;
  target: MatchedTarget;
  /** What people signed about the release. */
  custom: ReleaseTargetCustom;
  /** Highest floor of any listed release: nothing below it is taken. */
  floor: number;
};

/**
 * Compares the director's only target with the release repository's. Null: the director asks nothing. Neither list is believed to be
 * anything but correctly signed: a director whose keys are stolen gets as far as this function.
 */
export function matchTargets(
  director: SignedTargets,
  release: SignedTargets,
  scannerId: ScannerId,
): Matched | TrustRefusal | null {
  const asked = Object.entries(director);
  const [only] = asked;
  if (only === undefined) return null;
  if (asked.length > 1) return refuse("several-instructions", `${asked.length} targets`);
  const [path, wanted] = only;
  const instruction = readInstruction(wanted, scannerId);
  if ("refused" in instruction) return instruction;
  if (path !== releaseTargetPath(instruction.release))
    return refuse("releases-disagree", `the instruction names ${instruction.release}, its target is ${path}`);
  const signed = Object.hasOwn(release, path) ? release[path] : undefined;
  if (signed === undefined) return refuse("unknown-release", `${path} is not in the release repository`);
  const difference = differenceOf(wanted, signed);
  if (difference !== null) return refuse("releases-disagree", `${path}: ${difference}`);
  const custom = releaseTargetCustomSchema.safeParse(signed.custom);
  if (!custom.success)
    return { refused: "wrong-metadata", where: "release targets", detail: `${path} does not say what it is` };
  const target = { path, length: signed.length, hashes: signed.hashes };
  return { instruction, target, custom: custom.data, floor: floorOf(release) };
}

function refuse(refused: RefusalReason, detail: string): TrustRefusal {
  return { refused, where: "director targets", detail };
}

/** An instruction for somebody else is told as that, whatever else is wrong with it (E-04). */
function readInstruction(target: SignedTarget, scannerId: ScannerId): Instruction | TrustRefusal {
  const { custom } = target;
  const named =
    typeof custom === "object" && custom !== null && "scannerId" in custom ? custom.scannerId : null;
  if (typeof named === "string" && named !== scannerId)
    return refuse("wrong-recipient", `the instruction is for ${named.slice(0, 64)}`);
  const parsed = instructionSchema.safeParse(custom);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return refuse("wrong-metadata", `instruction: ${issue?.path.join(".")}: ${issue?.message}`.slice(0, 200));
}

/** Same length and the same hashes, none more and none fewer: a hash that only one side names is one that nobody compares. */
function differenceOf(wanted: SignedTarget, signed: SignedTarget): string | null {
  if (wanted.length !== signed.length) return `${wanted.length} and ${signed.length} bytes`;
  for (const kind of ["sha256", "sha512"] as const)
    if (wanted.hashes[kind] !== signed.hashes[kind]) return `${kind} differs`;
  return null;
}

/**
 * The security floor of the whole list (E-05). A withdrawn release still raises it: whoever withdraws one and means to lower the floor
 * signs that, too. What does not say its floor raises none; it cannot be asked for either.
 */
export function floorOf(release: SignedTargets): number {
  let floor = 0;
  for (const { custom } of Object.values(release)) {
    const parsed = releaseTargetCustomSchema.safeParse(custom);
    if (parsed.success) floor = Math.max(floor, parsed.data.floor);
  }
  return floor;
}
