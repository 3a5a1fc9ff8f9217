import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { ActivateError } from "#agent/activate/activate-error.ts";
import { writeWithRoom } from "#agent/activate/ballast.ts";
import { errorCode } from "#agent/link/durable.ts";
import type { FoundRelease } from "#agent/trust/verified.ts";
import { missingPathSchema } from "#core/change/verbs.ts";

/** A path as people signed it, references in full. */
const signedPathSchema = missingPathSchema.extend({ references: z.array(z.string().max(512)) });
export type SignedPath = z.infer<typeof signedPathSchema>;
const fileSchema = z.array(signedPathSchema).max(40_000);

/** The closure of the system that an instruction names, out of its verified release. */
export function signedPaths({ release, system }: FoundRelease): SignedPath[] {
  return system.paths.flatMap((position) => {
    const one = release.paths[position];
    if (one === undefined) return [];
    const references = one.references.flatMap((at) => release.paths[at]?.path ?? []);
    return [{ path: one.path, narHash: one.narHash, narSize: one.narSize, references }];
  });
}

const fileOf = (state: string) => join(state, "signed-paths.json");

/** Kept by root, so that the copy rests on what was verified and not on what lies in the spool by then. */
export async function saveSignedPaths(state: string, paths: readonly SignedPath[]): Promise<void> {
  await writeWithRoom(state, fileOf(state), JSON.stringify(paths));
}

export async function readSignedPaths(state: string): Promise<SignedPath[]> {
  const path = fileOf(state);
  try {
    return fileSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw new ActivateError("state-damaged", `${path} is damaged.`, { cause: error });
  }
}
