import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { type SealKey, sealKey } from "#agent/trust/seal.ts";
import { folderShelf } from "#agent/trust/shelf.ts";
import { ONLINE_KEYS_SCHEMA, type OnlineKeys } from "#core/trust/online-keys.ts";
import { readOrMake } from "#server/kept-file.ts";

/** The keys that sign without a person. They are made here, stay in this folder, and no verb gives one out (K-10). */
export type SigningKeys = { snapshot: SealKey; timestamp: SealKey; director: SealKey };

const PRIVATE_FILE = "keys.json";
/** What a person takes to where the root is made (`fiducial root init`). */
const PUBLIC_FILE = "online-keys.json";

const privateSchema = z.strictObject({ snapshot: z.string(), timestamp: z.string(), director: z.string() });

/** @param folder exists and only its owner may enter it */
export async function openKeys(folder: string): Promise<SigningKeys> {
  const text = await readOrMake(join(folder, PRIVATE_FILE), makeKeys);
  const stored = privateSchema.parse(JSON.parse(text));
  const key = (pem: string) => sealKey(createPrivateKey(pem));
  const keys = {
    snapshot: key(stored.snapshot),
    timestamp: key(stored.timestamp),
    director: key(stored.director),
  };
  await folderShelf(folder).write(
    PUBLIC_FILE,
    Buffer.from(`${JSON.stringify(publicHalves(keys), null, 2)}\n`),
  );
  return keys;
}

function makeKeys(): string {
  const pem = () =>
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return `${JSON.stringify({ snapshot: pem(), timestamp: pem(), director: pem() })}\n`;
}

export function publicHalves(keys: SigningKeys): OnlineKeys {
  return {
    schema: ONLINE_KEYS_SCHEMA,
    snapshot: keys.snapshot.publicKey,
    timestamp: keys.timestamp.publicKey,
    director: keys.director.publicKey,
  };
}
