import * as z from "zod";
import { counterSchema, epochMsSchema, sha256HexSchema } from "#core/identity/identity.ts";
import type { TrustRefusal } from "#core/trust/attack.ts";
import { type MetadataRole, RECIPIENT_FIELD } from "#core/trust/layout.ts";

/**
 * What the four files of a TUF 1.0 repository say, and how much of it is read at all. Stricter than TUF where a scanner has no use for
 * the freedom: Ed25519 only, length and SHA-256 of every file named, consistent snapshots, no delegations (update-systems.md §4.3).
 * Fields that a newer writer adds are kept and ignored.
 */

/** The models of the TUF library copy what they have read for every entry: 500 cost 50 ms, 10,000 would cost 20 s (pitfall 2). */
export const MOST_TARGETS = 500;
const MOST_KEYS = 64;
const MOST_SIGNATURES = 64;

/** `2026-03-01T00:00:00Z`, and nothing else that a parser of dates would take. */
const expiresSchema = z.string().regex(/^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ$/);

/** An unknown kind of hash would be one that nobody checks. */
export const hashesSchema = z.strictObject({
  sha256: sha256HexSchema,
  sha512: z
    .string()
    .regex(/^[0-9a-f]{128}$/)
    .optional(),
});
export type Hashes = z.infer<typeof hashesSchema>;

/** Raw Ed25519 key, lower-case hex: one spelling, so that one key cannot look like two (pitfall 10). */
export const publicKeyHexSchema = z.string().regex(/^[0-9a-f]{64}$/);

const keySchema = z.strictObject({
  keytype: z.literal("ed25519"),
  scheme: z.literal("ed25519"),
  keyval: z.strictObject({ public: publicKeyHexSchema }),
});
export type MetadataKey = z.infer<typeof keySchema>;

const roleSchema = z.object({
  keyids: z.array(sha256HexSchema).min(1).max(MOST_KEYS),
  threshold: z.int().min(1).max(MOST_KEYS),
});

/** Of a metadata file, in the file above it. */
const fileSchema = z.object({
  version: counterSchema,
  /** Bytes. */
  length: z.int().positive(),
  hashes: hashesSchema,
});
export type FileMeta = z.infer<typeof fileSchema>;

const targetSchema = z.object({
  length: z.int().nonnegative(),
  hashes: hashesSchema,
  custom: z.unknown().optional(),
});
export type SignedTarget = z.infer<typeof targetSchema>;
export type SignedTargets = Readonly<Record<string, SignedTarget>>;

const common = {
  spec_version: z.string().regex(/^1(\.\d{1,4}){1,2}$/),
  version: counterSchema,
  expires: expiresSchema,
};
const recipient = { [RECIPIENT_FIELD]: z.string().max(64).optional() };

/** When a timestamp was signed, so that a clock that lags behind it is known to be wrong. */
export const SIGNED_AT_FIELD = "x-fiducial-signed-at-ms";

export const BODY_SCHEMAS = {
  root: z.looseObject({
    _type: z.literal("root"),
    ...common,
    consistent_snapshot: z.literal(true),
    keys: z.record(sha256HexSchema, keySchema),
    roles: z.looseObject({
      root: roleSchema,
      targets: roleSchema,
      snapshot: roleSchema,
      timestamp: roleSchema,
    }),
  }),
  timestamp: z.looseObject({
    _type: z.literal("timestamp"),
    ...common,
    ...recipient,
    [SIGNED_AT_FIELD]: epochMsSchema.optional(),
    meta: z.strictObject({ "snapshot.json": fileSchema }),
  }),
  snapshot: z.looseObject({
    _type: z.literal("snapshot"),
    ...common,
    ...recipient,
    meta: z.strictObject({ "targets.json": fileSchema }),
  }),
  targets: z.looseObject({
    _type: z.literal("targets"),
    ...common,
    ...recipient,
    targets: z.record(z.string().min(1).max(512), targetSchema),
  }),
} as const satisfies Record<MetadataRole, z.ZodType>;

export type RootBody = z.infer<typeof BODY_SCHEMAS.root>;
export type TimestampBody = z.infer<typeof BODY_SCHEMAS.timestamp>;
export type SnapshotBody = z.infer<typeof BODY_SCHEMAS.snapshot>;
export type TargetsBody = z.infer<typeof BODY_SCHEMAS.targets>;
export type MetadataBody = RootBody | TimestampBody | SnapshotBody | TargetsBody;
export type BodyOf<R extends MetadataRole> = z.infer<(typeof BODY_SCHEMAS)[R]>;

const envelopeSchema = z.looseObject({
  signatures: z
    .array(z.object({ keyid: z.string().max(128), sig: z.string().max(1024) }))
    .max(MOST_SIGNATURES),
  signed: z.looseObject({}),
});

export type Read<R extends MetadataRole> =
  | { ok: true; body: BodyOf<R> }
  | { ok: false; refusal: TrustRefusal };

/**
 * Bounds and shape of a metadata file, before any signature is looked at: nothing here is believed yet, it is only small and plain
 * enough to be handed to the library that verifies it.
 */
export function readMetadata<R extends MetadataRole>(role: R, json: unknown): Read<R> {
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) return refuse(role, "wrong-metadata", issueOf(envelope.error));
  return readBody(role, envelope.data.signed);
}

/** The same for what stands under `signed`. */
export function readBody<R extends MetadataRole>(role: R, signed: Record<string, unknown>): Read<R> {
  const excess = excessOf(role, signed);
  if (excess !== null) return { ok: false, refusal: { ...excess, where: role } };
  const schema: z.ZodType<BodyOf<R>> = BODY_SCHEMAS[role] as unknown as z.ZodType<BodyOf<R>>;
  const body = schema.safeParse(signed);
  return body.success ? { ok: true, body: body.data } : refuse(role, "wrong-metadata", issueOf(body.error));
}

/** What is told by its own word rather than as a malformed file: too many entries, and anything that hands trust on. */
function excessOf(role: MetadataRole, signed: Record<string, unknown>): Omit<TrustRefusal, "where"> | null {
  if (role === "targets" && signed.delegations !== undefined)
    return { refused: "delegation", detail: "targets hand their authority on" };
  if (role === "targets") return tooMany("targets", entries(signed.targets), MOST_TARGETS);
  if (role === "root") return tooMany("keys", entries(signed.keys), MOST_KEYS);
  const foreign = Object.keys(entries(signed.meta)).find((name) => name !== FILE_BELOW[role]);
  if (foreign === undefined) return null;
  return { refused: "delegation", detail: `names ${foreign.slice(0, 100)} beside ${FILE_BELOW[role]}` };
}

const FILE_BELOW = { timestamp: "snapshot.json", snapshot: "targets.json" } as const;

function entries(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

function tooMany(what: string, found: object, most: number): Omit<TrustRefusal, "where"> | null {
  const count = Object.keys(found).length;
  return count > most ? { refused: "too-large", detail: `${count} ${what}, at most ${most}` } : null;
}

function refuse(where: string, refused: TrustRefusal["refused"], detail: string) {
  return { ok: false, refusal: { refused, where, detail } } as const;
}

function issueOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return `${issue?.path.map(String).join(".")}: ${issue?.message}`.slice(0, 200);
}
