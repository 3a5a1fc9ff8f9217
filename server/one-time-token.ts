import { createHash, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;

/** Shown once, then known to the server by its hash only: a stolen database opens nothing (B-12). */
export type OneTimeToken = { token: string; hash: string };

export function makeToken(prefix = ""): OneTimeToken {
  const token = prefix + randomBytes(SECRET_BYTES).toString("base64url");
  return { token, hash: hashToken(token) };
}

/** SHA-256, hex. The token has 256 random bits, so a slow hash would add nothing. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
