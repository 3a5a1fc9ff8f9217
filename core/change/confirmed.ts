import * as z from "zod";
import type { Plan } from "#core/change/plan.ts";
import { epochMsSchema, sha256HexSchema } from "#core/identity/identity.ts";
import { healthContractSchema } from "#core/release/release.ts";

/**
 * Generations that were proved healthy on this very scanner, newest first: what a technician may go back to without any server
 * (ACT-4). All that is needed for it is kept here, because the release that brought it may no longer be in the spool.
 */
const confirmedSchema = z.strictObject({
  toplevel: z.string().max(512),
  release: z.string().max(64).nullable(),
  counter: z.int().nonnegative(),
  system: z.string().max(64).nullable(),
  closureDigest: sha256HexSchema,
  health: healthContractSchema,
  confirmedAtMs: epochMsSchema,
});
export type Confirmed = z.infer<typeof confirmedSchema>;

export const confirmedFileSchema = z.strictObject({
  schema: z.literal("fiducial.confirmed/1"),
  generations: z.array(confirmedSchema).max(64),
});
export type ConfirmedFile = z.infer<typeof confirmedFileSchema>;

export const NONE_CONFIRMED: ConfirmedFile = { schema: "fiducial.confirmed/1", generations: [] };

/** Each keeps its closure from being collected, so there are few. */
const MOST_KEPT = 8;

/** Doing it twice is doing it once. */
export function withConfirmed(file: ConfirmedFile, plan: Plan, nowMs: number): ConfirmedFile {
  const { toplevel, release, counter, system, closureDigest, health } = plan;
  const newest = { toplevel, release, counter, system, closureDigest, health, confirmedAtMs: nowMs };
  const others = file.generations.filter((one) => one.toplevel !== toplevel);
  return { ...file, generations: [newest, ...others].slice(0, MOST_KEPT) };
}

/** By its store path, or by the name of its release; null: never confirmed here, so there is no going back to it. */
export function findConfirmed({ generations }: ConfirmedFile, wanted: string): Confirmed | null {
  return generations.find((one) => one.toplevel === wanted || one.release === wanted) ?? null;
}
