import * as z from "zod";
import { scannerIdSchema, sha256HexSchema } from "#core/identity/identity.ts";
import { manifestSchema } from "#core/manifest/item.ts";

/**
 * What the release keys sign (SIG-6): one JSON file per release, the TUF target `releases/<name>/release.json` of the release
 * repository. Paths that several systems share are listed once; a system names them by position. Integers only: TUF signs no floats.
 */
export const RELEASE_SCHEMA = "fiducial.release/1";

/** A name is part of a path and of a sentence: lower case, digits, dots and dashes. */
export const releaseNameSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);
export const systemNameSchema = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/);

/** Orders releases: a scanner goes forward to a higher one only. PostgreSQL integer. */
const releaseCounterSchema = z.int().positive().max(2_147_483_647);
/** A scanner takes nothing with a counter below it, however it is asked (E-05). */
const securityFloorSchema = z.int().nonnegative().max(2_147_483_647);

const releasePathSchema = z.strictObject({
  path: z.string().max(512).startsWith("/nix/store/"),
  /** SHA-256 of the NAR, base16. */
  narHash: sha256HexSchema,
  /** Bytes of the uncompressed NAR: the bound of every download (E-12). */
  narSize: z.int().nonnegative(),
  /** Positions in the list. */
  references: z.array(z.int().nonnegative()).max(20_000),
});
export type ReleasePath = z.infer<typeof releasePathSchema>;

/** For one scanner by its id, or for a model, all its hardware revisions (null) or only those named. */
export const audienceSchema = z.union([
  z.strictObject({ scannerId: scannerIdSchema }),
  z.strictObject({
    model: z.string().min(1).max(64),
    hardwareRevisions: z.array(z.string().min(1).max(64)).min(1).max(64).nullable(),
  }),
]);
export type Audience = z.infer<typeof audienceSchema>;

const ms = z
  .int()
  .positive()
  .max(24 * 60 * 60_000);

/** How long each phase may take, milliseconds (decisions.md, budgets). */
export const budgetsSchema = z.strictObject({
  downloadMs: ms.default(60 * 60_000),
  activateMs: ms.default(5 * 60_000),
  rebootMs: ms.default(10 * 60_000),
  probationMs: ms.default(300_000),
  /** The safety daemon must be healthy without a break for this long inside probation. */
  safetyHealthyMs: ms.default(30_000),
});

/** What the scanner itself proves before it calls the new generation confirmed (ACT-3). */
export const healthContractSchema = z.strictObject({
  budgets: budgetsSchema,
  /** `required`: healthy for `safetyHealthyMs`; `none`: this model has no safety daemon, and the release says so. */
  safety: z.enum(["required", "none"]),
  /** Units that must be active. */
  unitsActive: z.array(z.string().min(1).max(256)).max(256),
  /** Kernel modules that must be loaded. */
  modulesLoaded: z.array(z.string().min(1).max(128)).max(256),
});
export type HealthContract = z.infer<typeof healthContractSchema>;

/** Firmware and calibration this system works with; what is not named is not required. Values as the scanner reports them. */
export const compatibilitySchema = z.strictObject({
  firmware: z
    .array(
      z.strictObject({
        part: z.string().min(1).max(64),
        versions: z.array(z.string().max(64)).min(1).max(64),
      }),
    )
    .max(64),
  calibration: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(64),
        versions: z.array(z.string().max(64)).min(1).max(64),
      }),
    )
    .max(64),
});
export type Compatibility = z.infer<typeof compatibilitySchema>;

const releaseSystemSchema = z.strictObject({
  name: systemNameSchema,
  toplevel: z.string().max(512).startsWith("/nix/store/"),
  /** core/closure/digest.ts over the paths of this system. */
  closureDigest: sha256HexSchema,
  /** Positions in the release's list, ascending: exactly the closure of `toplevel`. */
  paths: z.array(z.int().nonnegative()).min(1).max(20_000),
  for: z.array(audienceSchema).min(1).max(256),
  expected: manifestSchema,
  health: healthContractSchema,
  compatibility: compatibilitySchema,
});
export type ReleaseSystem = z.infer<typeof releaseSystemSchema>;

export const releaseSchema = z.strictObject({
  schema: z.literal(RELEASE_SCHEMA),
  name: releaseNameSchema,
  counter: releaseCounterSchema,
  floor: securityFloorSchema,
  createdAtMs: z.int().nonnegative(),
  /** What people read before they sign: plain text, lines. */
  notes: z.string().max(16_384),
  /** Sorted bytewise by path, no path twice. */
  paths: z.array(releasePathSchema).min(1).max(40_000),
  systems: z.array(releaseSystemSchema).min(1).max(64),
});
export type Release = z.infer<typeof releaseSchema>;

/** `custom` of the release's target: what must be known before the file itself is fetched. Signed by the same people. */
export const releaseTargetCustomSchema = z.strictObject({
  counter: releaseCounterSchema,
  floor: securityFloorSchema,
  /** Withdrawn releases stay listed, so that a scanner that runs one can say so; nothing goes forward to one. */
  withdrawn: z.string().max(1024).nullable(),
});
export type ReleaseTargetCustom = z.infer<typeof releaseTargetCustomSchema>;

/** Largest release file, bytes (decisions.md "release"). */
export const RELEASE_LIMIT_BYTES = 16 * 1024 * 1024;

export function releaseTargetPath(name: string): string {
  return `releases/${name}/release.json`;
}
