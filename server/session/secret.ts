import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { readOrMake } from "#server/kept-file.ts";

const FILE = "session-secret";
const SECRET_BYTES = 32;

/**
 * The key that signs session cookies and encrypts second-factor secrets. Losing it signs everybody out and voids every second
 * factor; nothing else.
 */
export async function sessionSecret(dataFolder: string): Promise<string> {
  const path = join(dataFolder, FILE);
  const text = (await readOrMake(path, () => `${randomBytes(SECRET_BYTES).toString("base64url")}\n`)).trim();
  if (text.length < SECRET_BYTES)
    throw new Error(`${path} holds no secret; delete it to have a new one made`);
  return text;
}
