import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import * as z from "zod";
import { epochMsSchema } from "#core/identity/identity.ts";

/** The passcode of the people at this scanner, as scrypt (RFC 7914) leaves it; 32 MB and about a tenth of a second for each guess. */
export const passcodeSchema = z.strictObject({
  schema: z.literal("fiducial.passcode/1"),
  salt: z.base64().max(64),
  hash: z.base64().max(128),
  setAtMs: epochMsSchema,
});
export type Passcode = z.infer<typeof passcodeSchema>;

const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const HASH_BYTES = 32;
/** Short enough for gloves; the wait between guesses makes up for it. */
export const PASSCODE_LENGTH = { least: 6, most: 64 } as const;

const derive = promisify(
  (secret: string, salt: Buffer, done: (error: Error | null, key: Buffer) => void): void =>
    scrypt(secret, salt, HASH_BYTES, COST, done),
);

export async function hashPasscode(passcode: string, nowMs: number): Promise<Passcode> {
  const salt = randomBytes(16);
  const hash = await derive(passcode, salt);
  const text = (bytes: Buffer) => bytes.toString("base64");
  return { schema: "fiducial.passcode/1", salt: text(salt), hash: text(hash), setAtMs: nowMs };
}

export async function isPasscode(kept: Passcode, passcode: string): Promise<boolean> {
  const hash = Buffer.from(kept.hash, "base64");
  const found = await derive(passcode, Buffer.from(kept.salt, "base64"));
  return hash.length === found.length && timingSafeEqual(hash, found);
}
