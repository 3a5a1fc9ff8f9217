import * as z from "zod";
import { durableWrite } from "#agent/link/durable.ts";
import { addSignatures, type DistantKey, type SealKey, sha256, signedDigest } from "#agent/trust/seal.ts";
import { signaturesOf } from "#agent/trust/signatures.ts";
import { holdersOf } from "#core/release/holders.ts";
import { releaseNameSchema } from "#core/release/release.ts";
import { type Signing, signingOf } from "#core/release/signers.ts";
import { needMetadata, type Signed } from "./repository.ts";
import { parseJsonFile, readNeeded } from "./station.ts";
import { StationError } from "./station-error.ts";

/**
 * What travels between people who sign: the words, the signatures so far, and everything that is needed to look at them first. One file,
 * so that nobody signs half of it. It is believed nothing: each station checks it against its own root.
 */
const metadataSchema = z.looseObject({ signed: z.looseObject({}), signatures: z.array(z.unknown()) });

const rootsSchema = z.strictObject({
  schema: z.literal("fiducial.signing/1"),
  what: z.literal("roots"),
  release: metadataSchema,
  director: metadataSchema,
});

/** The next roots of both repositories: each is signed by enough of those before and enough of its own (TUF 1.0 §5.3.4). */
const rotationSchema = z.strictObject({
  schema: z.literal("fiducial.signing/1"),
  what: z.literal("rotation"),
  release: metadataSchema,
  director: metadataSchema,
});

const releaseSigningSchema = z.strictObject({
  schema: z.literal("fiducial.signing/1"),
  what: z.literal("release"),
  name: releaseNameSchema,
  targets: metadataSchema,
  /** The release file, byte by byte. */
  release: z.string(),
  /** The list before this one, as it was signed, and the release it is compared with; null: this is the first. */
  previous: z
    .strictObject({ targets: metadataSchema, name: releaseNameSchema, release: z.string() })
    .nullable(),
});

/** The same releases in a new list: for longer, or with one of them withdrawn. */
const listSigningSchema = z.strictObject({
  schema: z.literal("fiducial.signing/1"),
  what: z.literal("list"),
  withdraws: releaseNameSchema.nullable(),
  targets: metadataSchema,
  /** The list before this one, as it was signed. */
  previous: metadataSchema,
});

const signingFileSchema = z.discriminatedUnion("what", [
  rootsSchema,
  rotationSchema,
  releaseSigningSchema,
  listSigningSchema,
]);
export type SigningFile = z.infer<typeof signingFileSchema>;
export type RootsFile = z.infer<typeof rootsSchema>;
export type RotationFile = z.infer<typeof rotationSchema>;
export type ReleaseFile = z.infer<typeof releaseSigningSchema>;
export type ListFile = z.infer<typeof listSigningSchema>;
type Envelope = z.infer<typeof metadataSchema>;

export async function readSigningFile(path: string): Promise<SigningFile> {
  return parseJsonFile(path, await readNeeded(path, "file to sign"), signingFileSchema);
}

export async function writeSigningFile(path: string, file: SigningFile): Promise<void> {
  await durableWrite(path, `${JSON.stringify(file)}\n`, { mode: 0o644 });
}

export function bytesOf(envelope: Envelope): Uint8Array {
  return Buffer.from(JSON.stringify(envelope), "utf8");
}

export function envelopeOf(bytes: Uint8Array): Envelope {
  return metadataSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
}

/** The metadata of a file as the repository gets it. */
export function withSignature(envelope: Envelope, key: SealKey | DistantKey): Envelope {
  return envelopeOf(addSignatures(bytesOf(envelope), [key]));
}

/**
 * The words of both, with every signature that counts. Throws StationError when they are not the same words: then one of the two was
 * changed on its way, and people have to find out which.
 */
export function merged(
  root: Uint8Array,
  role: "root" | "targets",
  mine: Envelope,
  theirs: Envelope,
): Envelope {
  if (signedDigest(bytesOf(mine)) !== signedDigest(bytesOf(theirs)))
    throw new StationError(
      "refused",
      "The two files do not say the same words: compare their fingerprints. Nothing was taken.",
    );
  const signatures = new Map([mine, theirs].flatMap((one) => validSignatures(root, role, one)));
  return { ...mine, signatures: [...signatures.values()] };
}

function validSignatures(
  root: Uint8Array,
  role: "root" | "targets",
  envelope: Envelope,
): [string, unknown][] {
  const valid = new Set(signaturesOf(root, role, bytesOf(envelope))?.valid);
  return envelope.signatures.flatMap((one): [string, unknown][] => {
    const keyId = z.object({ keyid: z.string() }).safeParse(one).data?.keyid;
    return keyId !== undefined && valid.has(keyId) ? [[keyId, one]] : [];
  });
}

/** Who has signed, by name, and what is missing. */
export function signingState(root: Signed<"root">, role: "root" | "targets", envelope: Envelope): Signing {
  const bytes = bytesOf(envelope);
  needMetadata(role, bytes);
  const holders = holdersOf(root.body);
  const { keyids, threshold } = root.body.roles[role];
  const keys = keyids.map((keyId) => ({ keyId, holder: holders.get(keyId) ?? null }));
  return signingOf({ threshold, keys }, new Set(signaturesOf(root.bytes, role, bytes)?.valid));
}

/**
 * What people read to each other before they sign: the same words give the same digits, however the file is written. 160 bits, because
 * whoever makes the file could prepare two that agree in fewer.
 */
export function fingerprintOf(envelopes: readonly Envelope[]): string {
  const digest = sha256(envelopes.map((one) => signedDigest(bytesOf(one))).join("\n"));
  return (digest.slice(0, 40).match(/.{4}/g) ?? []).join(" ");
}
