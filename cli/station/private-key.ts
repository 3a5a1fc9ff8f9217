import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  scrypt,
} from "node:crypto";
import * as z from "zod";
import { type SealKey, sealKey } from "#agent/trust/seal.ts";
import { epochMsSchema } from "#core/identity/identity.ts";
import { publicKeyHexSchema } from "#core/trust/metadata.ts";
import { StationError } from "./station-error.ts";

/**
 * What a key may be used for. People hold `release-root` and `director-root` (which keys count) and `release` (what may run); a folder
 * without a server holds the online ones, too. Each purpose has a key of its own, so that none signs in another's place.
 */
export const PURPOSES = [
  "release-root",
  "director-root",
  "release",
  "snapshot",
  "timestamp",
  "director",
] as const;
export type Purpose = (typeof PURPOSES)[number];

export const keyNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, "a name is lower case letters, digits, dots and dashes");

/** Public keys (hex) by what they are for; a person may have only some. */
export const publicKeysSchema = z.partialRecord(z.enum(PURPOSES), publicKeyHexSchema);

const base64 = (bytes: number) => z.base64().refine((text) => Buffer.from(text, "base64").length === bytes);

/** Bounds of scrypt's cost: a key file from elsewhere must not make this program take all memory (128 · N · r bytes). */
const scryptSchema = z.strictObject({
  kdf: z.literal("scrypt"),
  N: z
    .int()
    .min(2 ** 14)
    .max(2 ** 20)
    .refine((n) => (n & (n - 1)) === 0),
  r: z.int().min(8).max(16),
  p: z.int().min(1).max(4),
  salt: base64(16),
  cipher: z.literal("aes-256-gcm"),
  iv: base64(12),
});

export const keyFileSchema = z.strictObject({
  schema: z.literal("fiducial.key/1"),
  name: keyNameSchema,
  createdAtMs: epochMsSchema,
  public: publicKeysSchema,
  encryption: scryptSchema,
  /** Private keys (PKCS #8, PEM) by purpose as JSON, encrypted, with the tag at its end; base64. */
  sealed: z.base64().max(16_384),
});
export type KeyFile = z.infer<typeof keyFileSchema>;

const openedSchema = z.partialRecord(z.enum(PURPOSES), z.string());

/** 128 MB and a third of a second a guess on a computer of 2026 (RFC 7914; OWASP's least for files is N = 2^17, r = 8). */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
const TAG_BYTES = 16;

export type NewKeys = { name: string; purposes: readonly Purpose[]; createdAtMs: number };

/** New keys, one for each purpose, encrypted with the passphrase. The file is all there is of them. */
export async function makeKeys(
  { name, purposes, createdAtMs }: NewKeys,
  passphrase: string,
): Promise<KeyFile> {
  const pairs = purposes.map((purpose) => ({ purpose, key: generateKeyPairSync("ed25519").privateKey }));
  const encryption = {
    kdf: "scrypt",
    ...COST,
    salt: randomBytes(16).toString("base64"),
    cipher: "aes-256-gcm",
    iv: randomBytes(12).toString("base64"),
  } as const;
  const head = {
    schema: "fiducial.key/1",
    name,
    createdAtMs,
    public: Object.fromEntries(pairs.map(({ purpose, key }) => [purpose, sealKey(key).publicKey])),
    encryption,
  } as const;
  const secret = JSON.stringify(
    Object.fromEntries(
      pairs.map(({ purpose, key }) => [purpose, key.export({ type: "pkcs8", format: "pem" }).toString()]),
    ),
  );
  const cipher = createCipheriv(
    "aes-256-gcm",
    await derive(passphrase, encryption),
    Buffer.from(encryption.iv, "base64"),
  );
  cipher.setAAD(boundText(head));
  const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return { ...head, sealed: sealed.toString("base64") };
}

/** The private keys; null: the passphrase does not fit, or somebody changed the file (GCM does not say which). */
export async function openKeys(file: KeyFile, passphrase: string): Promise<Map<Purpose, SealKey> | null> {
  const { sealed, encryption } = file;
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv(
    "aes-256-gcm",
    await derive(passphrase, encryption),
    Buffer.from(encryption.iv, "base64"),
  );
  decipher.setAAD(boundText(file));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  let text: string;
  try {
    text = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
  return sealKeys(file, openedSchema.parse(JSON.parse(text)));
}

function sealKeys(file: KeyFile, opened: z.infer<typeof openedSchema>): Map<Purpose, SealKey> {
  const keys = new Map<Purpose, SealKey>();
  for (const purpose of PURPOSES) {
    const pem = opened[purpose];
    if (pem === undefined) continue;
    const key = sealKey(createPrivateKey(pem));
    if (key.publicKey !== file.public[purpose])
      throw new StationError(
        "refused",
        `The key file of ${file.name} names another public key than it holds for ${purpose}.`,
      );
    keys.set(purpose, key);
  }
  return keys;
}

/** Bound to the cipher text: a public key or a name that is changed in the file makes it unreadable. */
function boundText(file: Omit<KeyFile, "sealed">): Buffer {
  const { schema, name, createdAtMs, encryption } = file;
  const publicKeys = PURPOSES.map((purpose) => [purpose, file.public[purpose] ?? null]);
  return Buffer.from(JSON.stringify([schema, name, createdAtMs, publicKeys, encryption]), "utf8");
}

function derive(passphrase: string, { N, r, p, salt }: KeyFile["encryption"]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 256 * N * r };
    // The same letters typed on two keyboards may be composed differently; NFKC makes them one (RFC 8265).
    scrypt(passphrase.normalize("NFKC"), Buffer.from(salt, "base64"), 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
