import { join } from "node:path";
import * as z from "zod";
import { durableWrite, type Kept, readKept } from "#agent/link/durable.ts";
import { generateKeyPem, type SigningKey, signingKey } from "#agent/link/keys.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { epochMsSchema, scannerIdSchema, sha256HexSchema } from "#core/identity/identity.ts";

/**
 * Who this scanner is (ADM-4). The key is born here and never leaves; the file is 0600. It is written *before* the first
 * enrolment request, so that an answer lost on the way is asked for again with the same key instead of orphaning a registered one.
 */
const born = z.object({
  format: z.literal("fiducial.identity/1"),
  state: z.literal("born"),
  privateKey: z.string().max(1024),
  keyId: sha256HexSchema,
  bornAtMs: epochMsSchema,
});
const enrolled = born.extend({
  state: z.literal("enrolled"),
  scannerId: scannerIdSchema,
  serial: z.string().max(64),
  serverUrl: z.url(),
  /** Raw Ed25519 key of the server, base64: the only one whose answers count (K-04, M-01, M-04). */
  serverPublicKey: z.string().length(44),
  /** How that key came to be believed: compared with a fingerprint somebody typed, or taken as it came. */
  serverTrust: z.enum(["fingerprint", "first-use"]),
  enrolledAtMs: epochMsSchema,
});
const identitySchema = z.discriminatedUnion("state", [born, enrolled]);
export type Identity = z.infer<typeof identitySchema>;
export type EnrolledIdentity = z.infer<typeof enrolled>;

export function identityPath(stateDir: string): string {
  return join(stateDir, "identity.json");
}

export function readIdentity(stateDir: string): Promise<Kept<Identity>> {
  return readKept(identityPath(stateDir), identitySchema);
}

/**
 * The enrolled identity with its key ready to sign. Throws LinkError: a damaged identity is never replaced in silence,
 * because a new key is a new scanner to the server.
 */
export async function loadIdentity(
  stateDir: string,
): Promise<{ identity: EnrolledIdentity; key: SigningKey }> {
  const kept = await readIdentity(stateDir);
  const path = identityPath(stateDir);
  switch (kept.state) {
    case "missing":
      throw new LinkError(
        "not-enrolled",
        `This machine is not enrolled: ${path} does not exist. Run "fiducial enroll --help".`,
      );
    case "denied":
      throw new LinkError(
        "state-denied",
        `${path} cannot be read (${kept.detail}). Run as root or as the owner of the file.`,
      );
    case "torn":
      throw new LinkError(
        "state-damaged",
        `${path} is damaged (${kept.detail}). Nothing is sent with a guessed identity: restore the file, or enrol again with "fiducial enroll --replace".`,
      );
    case "kept":
      if (kept.value.state === "born")
        throw new LinkError(
          "not-enrolled",
          'The key exists, but no server has answered yet: run "fiducial enroll" again with the token.',
        );
      return { identity: kept.value, key: keyOf(kept.value, path) };
  }
}

/** The key in the file must be the key the file names; anything else is damage, not an identity. */
export function keyOf(identity: Identity, path: string): SigningKey {
  try {
    const key = signingKey(identity.privateKey);
    if (key.keyId === identity.keyId) return key;
  } catch (error) {
    throw new LinkError("state-damaged", `${path} holds no usable Ed25519 key.`, { cause: error });
  }
  throw new LinkError("state-damaged", `${path} holds another key than it names.`);
}

/** A new key. `keep`: written down before it is used, so that a lost answer can be asked for again with the same key. */
export async function bearKey(stateDir: string, nowMs: number, keep: boolean): Promise<Identity> {
  const privateKey = generateKeyPem();
  const identity: Identity = {
    format: "fiducial.identity/1",
    state: "born",
    privateKey,
    keyId: signingKey(privateKey).keyId,
    bornAtMs: nowMs,
  };
  if (keep) await writeIdentity(stateDir, identity);
  return identity;
}

export function writeIdentity(stateDir: string, identity: Identity): Promise<void> {
  return durableWrite(identityPath(stateDir), `${JSON.stringify(identity, null, 2)}\n`);
}
