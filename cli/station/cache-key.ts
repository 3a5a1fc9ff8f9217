import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import { join } from "node:path";
import { durableFolder, durableWrite } from "#agent/link/durable.ts";
import { keysFolder, readIfThere, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";

/**
 * The key of the binary cache, as Nix writes one: `<name>:<base64 of seed and public key>` (src/libstore/crypto.cc, libsodium's form). It
 * says that these bytes were built here: necessary, and never enough for a scanner (architecture.md §2). So it is not encrypted, and
 * Nix's own tools can use it.
 */
export type CacheKey = { name: string; privateKey: KeyObject; publicText: string };

const SEED_BYTES = 32;
/** DER heads of an Ed25519 private and public key (RFC 8410 §7, §4). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

const secretPath = (station: Pick<Station, "folder">) => join(keysFolder(station), "cache");

/** Makes the key unless there is one. */
export async function ensureCacheKey(station: Pick<Station, "folder">): Promise<CacheKey> {
  const there = await readIfThere(secretPath(station));
  if (there !== null) return parseSecret(there.toString("utf8"));
  const { privateKey } = generateKeyPairSync("ed25519");
  const name = `fiducial-${randomBytes(4).toString("hex")}-1`;
  const raw = rawPublic(privateKey);
  const seed = privateKey.export({ type: "pkcs8", format: "der" }).subarray(-SEED_BYTES);
  await durableFolder(keysFolder(station));
  await durableWrite(secretPath(station), `${name}:${Buffer.concat([seed, raw]).toString("base64")}\n`, {
    mode: 0o600,
  });
  await durableWrite(`${secretPath(station)}.pub`, `${name}:${raw.toString("base64")}\n`, { mode: 0o644 });
  return parseSecret(`${name}:${Buffer.concat([seed, raw]).toString("base64")}`);
}

function parseSecret(text: string): CacheKey {
  const [name = "", secret = ""] = text.trim().split(":");
  const bytes = Buffer.from(secret, "base64");
  if (name === "" || bytes.length !== 2 * SEED_BYTES)
    throw new StationError("folder", "keys/cache is not the secret key of a Nix cache (name:base64).");
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, bytes.subarray(0, SEED_BYTES)]),
    format: "der",
    type: "pkcs8",
  });
  return { name, privateKey, publicText: `${name}:${rawPublic(privateKey).toString("base64")}` };
}

function rawPublic(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ type: "spki", format: "der" }).subarray(-SEED_BYTES);
}

export function signFingerprint(key: CacheKey, fingerprint: string): string {
  return `${key.name}:${sign(null, Buffer.from(fingerprint, "utf8"), key.privateKey).toString("base64")}`;
}

/** Whether one of the signatures is this key's and fits. @param publicText `name:base64` */
export function isSignedByCache(
  publicText: string,
  fingerprint: string,
  signatures: readonly string[],
): boolean {
  const [name = "", raw = ""] = publicText.split(":");
  const key = createPublicKey({
    key: Buffer.concat([SPKI_HEAD, Buffer.from(raw, "base64")]),
    format: "der",
    type: "spki",
  });
  return signatures.some((one) => {
    const [by = "", signature = ""] = one.split(":");
    return (
      by === name && verify(null, Buffer.from(fingerprint, "utf8"), key, Buffer.from(signature, "base64"))
    );
  });
}
