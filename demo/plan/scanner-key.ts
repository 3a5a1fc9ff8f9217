import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** DER head of an Ed25519 private key (RFC 8410 §7); the 32 bytes of the seed follow. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
export const SECRET_BYTES = 32;

export function fleetSecretPath(dataFolder: string): string {
  return join(dataFolder, "fleet-secret");
}

/** The secret that all keys of this installation's simulated scanners follow from; made with the fleet, never leaves the folder. */
export async function readFleetSecret(dataFolder: string): Promise<Uint8Array> {
  const secret = await readFile(fleetSecretPath(dataFolder));
  if (secret.length !== SECRET_BYTES) throw new Error(`${fleetSecretPath(dataFolder)} is damaged`);
  return secret;
}

/** The Ed25519 key of one simulated scanner: HKDF-SHA-256 over the secret, one label per serial. */
function scannerSeed(secret: Uint8Array, serial: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", `fiducial.example-scanner.v1 ${serial}`, 32));
}

/** PKCS#8 PEM, as an agent keeps it: 48 bytes are one line of base64 (RFC 7468). */
export function scannerKeyPem(secret: Uint8Array, serial: string): string {
  const der = Buffer.concat([PKCS8_HEAD, scannerSeed(secret, serial)]);
  return `-----BEGIN PRIVATE KEY-----\n${der.toString("base64")}\n-----END PRIVATE KEY-----\n`;
}

/** Raw public key and its id, as a server registers them. */
export function scannerPublicKey(
  secret: Uint8Array,
  serial: string,
): { publicKey: Uint8Array; keyId: string } {
  const { x } = createPublicKey(privateKey(scannerSeed(secret, serial))).export({ format: "jwk" });
  const publicKey = Buffer.from(x ?? "", "base64url");
  return { publicKey, keyId: createHash("sha256").update(publicKey).digest("hex") };
}

/** A JWK is read in a tenth of the time of DER; Node works the public half out itself, and one that insists on `x` is given DER. */
function privateKey(seed: Buffer): KeyObject {
  try {
    const key = { kty: "OKP", crv: "Ed25519", d: seed.toString("base64url"), x: "" };
    return createPrivateKey({ key, format: "jwk" });
  } catch {
    return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: "der", type: "pkcs8" });
  }
}
