import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import { Signature } from "@tufjs/models";
import { type AnyModel, parseJson, parseMetadata } from "#agent/trust/model.ts";
import { keyIdOf } from "#core/trust/keys.ts";
import { METADATA_LIMIT_BYTES, type MetadataRole } from "#core/trust/layout.ts";
import type { FileMeta, MetadataBody, SignedTarget } from "#core/trust/metadata.ts";

/** Why something is not signed: it is better to refuse here than to sign what every scanner would refuse. */
export class SealError extends Error {
  readonly code: "not-integer" | "not-metadata" | "too-large" | "wrong-key";

  constructor(code: SealError["code"], message: string) {
    super(message);
    this.name = "SealError";
    this.code = code;
  }
}

/** One Ed25519 key that signs. `publicKey`: raw, hex. */
export type SealKey = { keyId: string; publicKey: string; privateKey: KeyObject };

/** A key that lies elsewhere, on a smart card for instance: it is handed the bytes and answers with 64 bytes of signature. */
export type DistantKey = { keyId: string; publicKey: string; signs: (bytes: Uint8Array) => Uint8Array };

const RAW_KEY_BYTES = 32;

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Throws SealError `wrong-key` for anything but an Ed25519 private key. */
export function sealKey(privateKey: KeyObject): SealKey {
  if (privateKey.type !== "private" || privateKey.asymmetricKeyType !== "ed25519")
    throw new SealError("wrong-key", "Not an Ed25519 private key.");
  const publicKey = createPublicKey(privateKey)
    .export({ type: "spki", format: "der" })
    .subarray(-RAW_KEY_BYTES)
    .toString("hex");
  return { keyId: keyIdOf(publicKey, sha256), publicKey, privateKey };
}

/** The file that says `body`, signed by `keys` (none: to be signed later by `addSignatures`). Throws SealError. */
export function sealMetadata(body: MetadataBody, keys: readonly SealKey[]): Uint8Array {
  refuseFractions(body, "");
  return addSignatures(Buffer.from(JSON.stringify({ signatures: [], signed: body }), "utf8"), keys);
}

/**
 * The same file with further signatures, as people sign one after the other; a key that signed already signs anew. The bytes may be
 * anything, so what is signed is read as strictly as a scanner reads it. Throws SealError.
 */
export function addSignatures(bytes: Uint8Array, keys: readonly (SealKey | DistantKey)[]): Uint8Array {
  const { role, model } = modelOf(bytes);
  for (const key of keys)
    model.sign((canonical) => {
      const signature = "signs" in key ? key.signs(canonical) : sign(null, canonical, key.privateKey);
      return new Signature({ keyID: key.keyId, sig: Buffer.from(signature).toString("hex") });
    });
  const sealed = Buffer.from(`${JSON.stringify(model.toJSON(), null, 1)}\n`, "utf8");
  const most = METADATA_LIMIT_BYTES[role];
  if (sealed.length > most)
    throw new SealError("too-large", `${role} would be ${sealed.length} bytes, at most ${most}.`);
  return sealed;
}

/** What is signed and compared by people who sign: SHA-256 over the canonical JSON of `signed`, not over the file. */
export function signedDigest(bytes: Uint8Array): string {
  const hash = createHash("sha256");
  modelOf(bytes).model.sign((canonical) => {
    hash.update(canonical);
    return new Signature({ keyID: "", sig: "" });
  });
  return hash.digest("hex");
}

function modelOf(bytes: Uint8Array): { role: MetadataRole; model: AnyModel } {
  const role = roleOf(parseJson(bytes));
  if (role === null) throw new SealError("not-metadata", "Not a root, targets, snapshot or timestamp file.");
  const parsed = parseMetadata(role, bytes);
  if (parsed.ok) return { role, model: parsed.model };
  throw new SealError("not-metadata", `${role}: ${parsed.refusal.detail}`);
}

function roleOf(json: unknown): MetadataRole | null {
  const body = typeof json === "object" && json !== null && "signed" in json ? json.signed : null;
  const type = typeof body === "object" && body !== null && "_type" in body ? body._type : null;
  return ROLES.find((role) => role === type) ?? null;
}

const ROLES: readonly MetadataRole[] = ["root", "timestamp", "snapshot", "targets"];

/** Canonical JSON has no fractions, and JSON has no NaN: both would be signed as something else or not at all. */
function refuseFractions(value: unknown, where: string): void {
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw new SealError("not-integer", `${where} is ${value}: only whole numbers can be signed.`);
  if (typeof value !== "object" || value === null) return;
  for (const [key, one] of Object.entries(value))
    refuseFractions(one, where === "" ? key : `${where}.${key}`);
}

/** How the file above describes a metadata file. */
export function fileMeta(version: number, bytes: Uint8Array): FileMeta {
  return { version, length: bytes.length, hashes: { sha256: sha256(bytes) } };
}

/** How targets describe a file. */
export function targetMeta(bytes: Uint8Array, custom: unknown): SignedTarget {
  return { length: bytes.length, hashes: { sha256: sha256(bytes) }, custom };
}

/** A moment as metadata spells it; whole seconds, so it is rounded down. */
export function expiresAt(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
