import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { join } from "node:path";
import { fingerprintText } from "#core/protocol/envelope.ts";
import { readOrMake } from "#server/kept-file.ts";

/**
 * The server's identity towards scanners: an Ed25519 key, made on the first start. A scanner pins it at enrolment by the
 * fingerprint its operator compares, and believes no acknowledgement that it did not sign (M-01, M-04).
 */
export type ServerKey = {
  /** Signs the bytes as they are; callers encode them (core/protocol/envelope.ts, `answerBytes`). */
  sign: (bytes: Uint8Array) => Uint8Array;
  /** 32 bytes. */
  publicKeyRaw: Uint8Array;
  /** As both ends show it: hex in groups of four. */
  fingerprint: string;
};

const FILE = "server-key.pem";
const RAW_KEY_BYTES = 32;

export async function loadServerKey(dataFolder: string): Promise<ServerKey> {
  const path = join(dataFolder, FILE);
  return describe(parseKey(await readOrMake(path, makeKey), path));
}

function makeKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

function parseKey(pem: string, path: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
    throw new Error(`it is a key of type ${key.asymmetricKeyType}, not Ed25519`);
  } catch (error) {
    throw new Error(`the server's key cannot be read from ${path}`, { cause: error });
  }
}

function describe(key: KeyObject): ServerKey {
  const der = createPublicKey(key).export({ format: "der", type: "spki" });
  const publicKeyRaw = new Uint8Array(der.subarray(der.length - RAW_KEY_BYTES));
  return {
    sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
    publicKeyRaw,
    fingerprint: fingerprintText(createHash("sha256").update(publicKeyRaw).digest("hex")),
  };
}
