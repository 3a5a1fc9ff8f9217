import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { type Endpoint, PAYLOAD_TYPES, preAuthEncoding } from "#core/protocol/envelope.ts";

/** Ed25519 as the protocol uses it: raw 32-byte public keys, key id = SHA-256 of them (docs/protocol.md). */
export type SigningKey = { privateKey: KeyObject; publicKey: Uint8Array; keyId: string };

const RAW_KEY_BYTES = 32;
/** DER head of an Ed25519 SubjectPublicKeyInfo (RFC 8410 §4); the raw key follows. */
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

export function generateKeyPem(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Throws when the text is not an Ed25519 private key. */
export function signingKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== "ed25519") throw new TypeError("not an Ed25519 key");
  const publicKey = createPublicKey(privateKey)
    .export({ type: "spki", format: "der" })
    .subarray(-RAW_KEY_BYTES);
  return { privateKey, publicKey, keyId: sha256Hex(publicKey) };
}

/** Null when the text is not 32 bytes of base64. */
export function publicKeyFromBase64(text: string): { key: KeyObject; keyId: string } | null {
  const raw = Buffer.from(text, "base64");
  if (raw.length !== RAW_KEY_BYTES || raw.toString("base64") !== text) return null;
  const key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: "der", type: "spki" });
  return { key, keyId: sha256Hex(raw) };
}

/** Signature of a request body, base64 (header `fiducial-sig`). */
export function signBody(key: SigningKey, endpoint: Endpoint, body: Uint8Array): string {
  return sign(null, preAuthEncoding(PAYLOAD_TYPES[endpoint], body), key.privateKey).toString("base64");
}

export function verifyBytes(key: KeyObject, bytes: Uint8Array, signatureBase64: string): boolean {
  const signature = Buffer.from(signatureBase64, "base64");
  return signature.length === 64 && verify(null, bytes, key, signature);
}

export function sha256Hex(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
