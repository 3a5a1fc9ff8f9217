import * as z from "zod";
import {
  audienceSchema,
  compatibilitySchema,
  healthContractSchema,
  type Release,
  type ReleaseSystem,
} from "#core/release/release.ts";

/** Shape of the JSON columns of a signed release's row; this server wrote them from a verified file. */

/** Column `content`: what one system of the release is, but for its paths (they are a closure) and its manifest. */
export const contentSchema = z.object({
  for: z.array(audienceSchema),
  health: healthContractSchema,
  compatibility: compatibilitySchema,
  paths: z.int(),
  narBytes: z.int(),
  items: z.int(),
  notes: z.string(),
});
export type Content = z.infer<typeof contentSchema>;

export function contentOf(release: Release, system: ReleaseSystem): Content {
  return {
    for: system.for,
    health: system.health,
    compatibility: system.compatibility,
    paths: system.paths.length,
    narBytes: system.paths.reduce((sum, at) => sum + (release.paths[at]?.narSize ?? 0), 0),
    items: system.expected.items.length,
    notes: release.notes,
  };
}

/** Column `signers`. */
export const signedSchema = z.object({
  by: z.array(z.object({ keyId: z.string(), name: z.string().nullable() })),
  threshold: z.int(),
  keys: z.int(),
});
