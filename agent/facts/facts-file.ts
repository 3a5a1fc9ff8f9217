import * as z from "zod";
import { epochMsSchema } from "#core/identity/identity.ts";
import { reasonSchema } from "#core/report/fact.ts";
import { FACT_KINDS } from "#core/report/kinds.ts";

/**
 * The three files that root's fiducial-facts leaves for the unprivileged agent. Fields a newer fiducial-facts adds are ignored,
 * so the two programs may be of neighbouring versions during an upgrade; another `schema` is refused.
 */
export const CLOSURE_FACTS_FILE = "facts.d/closures.json";
export const VERIFICATION_FILE = "facts.d/verification.json";
export const MODULE_INDEX_FILE = "facts.d/modules.json";
/** Folder of path lists below the run folder, `<digest>.json` each (closurePathListSchema of core/closure/upload.ts). */
export const CLOSURES_FOLDER = "closures";

const BOOT_LOADERS = ["systemd-boot", "grub", "other"] as const;

export const closureFactsSchema = z.object({
  schema: z.literal("fiducial.closures/1"),
  writtenAtMs: epochMsSchema,
  /** SEE-2. One per toplevel whose closure Nix could name completely. */
  digests: FACT_KINDS.closureDigests,
  /** Toplevels without a digest, and why: never silently left out. */
  problems: z.array(z.object({ toplevel: z.string().max(512), reason: reasonSchema })).max(64),
  /** Null: Nix could not be asked, `nixProblem` says why. */
  nix: FACT_KINDS.nix.nullable(),
  nixProblem: reasonSchema.nullable(),
  /** Toplevel that the boot loader starts by default (SEE-1 "next boot"), or null with `loaderProblem`. */
  loaderDefault: z.string().max(512).nullable(),
  loaderProblem: reasonSchema.nullable(),
  loader: z.enum(BOOT_LOADERS).nullable(),
  /** Boot entry that `loaderDefault` was read from, e.g. `nixos-generation-42.conf`. */
  loaderEntry: z.string().max(256).nullable(),
});
export type ClosureFacts = z.infer<typeof closureFactsSchema>;

/** SEE-3. What the on-disk verification has found so far; `phase` other than finished never means intact. */
export const verificationSchema = z.object({
  schema: z.literal("fiducial.verification/1"),
  writtenAtMs: epochMsSchema,
  verification: FACT_KINDS.verification,
});

/** SEE-4. What the module files of the booted and the running tree are, by path; of the modules that were loaded when it was written. */
export const moduleIndexSchema = z.object({
  schema: z.literal("fiducial.modules/1"),
  writtenAtMs: epochMsSchema,
  files: z
    .array(
      z.object({
        path: z.string().max(512),
        /** Hexadecimal; null: the file has none. */
        buildId: z.string().max(128).nullable(),
        srcversion: z.string().max(64).nullable(),
        /** Why it could not be read; null: it was. */
        problem: z.string().max(64).nullable(),
      }),
    )
    .max(1200),
});
export type ModuleIndex = z.infer<typeof moduleIndexSchema>;
