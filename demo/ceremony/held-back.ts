import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { addSignatures, type SealKey } from "#agent/trust/seal.ts";
import { needMetadata } from "#cli/station/repository.ts";
import { makeRotation } from "#cli/station/rotate.ts";
import { bytesOf } from "#cli/station/signing-file.ts";
import { ROOT_VALID_MS } from "#cli/station/validity.ts";
import { metadataName } from "#core/trust/layout.ts";
import type { OnlineKeys } from "#core/trust/online-keys.ts";

/**
 * What people sign on the day of the ceremony and keep back. Their keys are not kept, and some attacks are about what people did since:
 * listed a release that raises the floor (E-05, E-14), or replaced the director's keys (E-10). Whoever plays the attacker serves these
 * files to one scanner; nobody publishes them.
 */
export type HeldBack = {
  /** The next list of releases, version 2. */
  targets: Uint8Array;
  /** The release that it adds; `name`: below the release repository. */
  file: { name: string; bytes: Uint8Array };
  /** The director's next root, version 2, with keys that nobody has. */
  directorRoot: Uint8Array;
};

export const HELD_TARGETS_NAME = `release/${metadataName("targets", 2)}`;
export const HELD_ROOT_NAME = `director/${metadataName("root", 2)}`;

type Signing = {
  roots: Record<"release" | "director", Uint8Array>;
  /** Two of three. */
  rootKeys: readonly SealKey[];
  online: OnlineKeys;
  /** The public half of a key that is thrown away. */
  nextDirector: string;
  nowMs: number;
};

/** The director's next root, by the functions of a release station. */
export function signNextRoot({ roots, rootKeys, online, nextDirector, nowMs }: Signing): Uint8Array {
  const before = {
    release: needMetadata("root", roots.release),
    director: needMetadata("root", roots.director),
  };
  const next = makeRotation(before, {
    ...{ add: [], remove: [], rootThreshold: null, releaseThreshold: null },
    ...{ online: { ...online, director: nextDirector }, validMs: ROOT_VALID_MS, nowMs },
  });
  return addSignatures(bytesOf(next.director), rootKeys);
}

/** By name below the folder of what is held back. */
export function heldFiles({ targets, file, directorRoot }: HeldBack): [string, Uint8Array][] {
  return [
    [HELD_TARGETS_NAME, targets],
    [`release/${file.name}`, file.bytes],
    [HELD_ROOT_NAME, directorRoot],
  ];
}

/** Null: the fleet was made by a program that held nothing back. */
export async function readHeldRoot(folder: string): Promise<Uint8Array | null> {
  try {
    return await readFile(join(folder, HELD_ROOT_NAME));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
