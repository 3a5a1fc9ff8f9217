import { spawnSync } from "node:child_process";
import { createPublicKey, verify } from "node:crypto";
import { errorCode } from "#agent/link/durable.ts";
import { type DistantKey, sha256 } from "#agent/trust/seal.ts";
import { keyIdOf } from "#core/trust/keys.ts";
import { type Given, textOf, type Verb } from "../verb.ts";
import { KeyRing, type PublicFile, publicFileSchema, type Signers } from "./key-ring.ts";
import { passphrasesOf } from "./passphrase.ts";
import type { Purpose } from "./private-key.ts";
import { parseJsonFile, readNeeded, type Station } from "./station.ts";
import { StationError } from "./station-error.ts";

export const SIGNER_OPTIONS = {
  signer: { type: "string" },
  "signer-keys": { type: "string" },
} as const satisfies Verb["options"];

export const SIGNER_LINES = `  --signer exec:COMMAND  sign with a command instead of a key of this folder (a smart card, a machine of its own): it gets the
                         bytes on stdin and answers with an Ed25519 signature of them, hex or base64, on stdout
  --signer-keys FILE     whose keys COMMAND has: the public halves, as fiducial keys export-public writes them
`;

/** A person may have to find a card, type its number, and touch it. */
const ANSWER_MS = 5 * 60_000;
const MOST_ANSWER_BYTES = 4_096;
const SIGNATURE_BYTES = 64;
/** What stands before a raw Ed25519 key in its DER form (RFC 8410). */
const DER_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** The keys of this folder, or the command that was named. */
export async function signersOf(station: Pick<Station, "folder">, given: Given): Promise<Signers> {
  const said = textOf(given, "signer");
  if (said === undefined) return new KeyRing(station, passphrasesOf(given));
  const [, command = ""] = /^exec:(.+)$/s.exec(said) ?? [];
  if (command === "") throw new StationError("usage", `--signer takes exec:COMMAND, not "${said}".`);
  const path = textOf(given, "signer-keys");
  if (path === undefined)
    throw new StationError("usage", "Say whose keys the command has: --signer-keys FILE.");
  const file = parseJsonFile(path, await readNeeded(path, "file of public keys"), publicFileSchema);
  return commandSigner(command, file);
}

/**
 * A command that has the private keys. It is told what the key is for and which one (`FIDUCIAL_SIGN_PURPOSE`, `FIDUCIAL_SIGN_KEY`, hex) and
 * is believed nothing: a signature that does not verify is none. Throws StationError.
 */
export function commandSigner(
  command: string,
  { name, public: keys }: PublicFile,
  answerMs = ANSWER_MS,
): Signers {
  return {
    signer: async (purpose, wanted, as) => {
      const publicKey = keys[purpose];
      if (publicKey === undefined || !wanted.has(publicKey) || (as !== null && as !== name))
        throw new StationError("refused", `The key of ${name} does not count for this (${purpose}).`);
      const key: DistantKey = {
        keyId: keyIdOf(publicKey, sha256),
        publicKey,
        signs: (bytes) => ask(command, { purpose, publicKey, answerMs }, bytes),
      };
      return { name, key };
    },
  };
}

type Ask = { purpose: Purpose; publicKey: string; answerMs: number };

function ask(command: string, { purpose, publicKey, answerMs }: Ask, bytes: Uint8Array): Uint8Array {
  const ran = spawnSync("/bin/sh", ["-c", command], {
    input: bytes,
    timeout: answerMs,
    maxBuffer: MOST_ANSWER_BYTES,
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, FIDUCIAL_SIGN_PURPOSE: purpose, FIDUCIAL_SIGN_KEY: publicKey },
  });
  // Whoever has read enough may close its end before all is written.
  const broken = ran.error !== undefined && errorCode(ran.error) !== "EPIPE" ? ran.error : null;
  if (broken !== null || ran.status !== 0) {
    const why = broken?.message ?? `it ended with ${ran.status ?? ran.signal}`;
    throw new StationError(
      "unreachable",
      `The command of --signer did not sign: ${why}. Nothing was signed.`,
    );
  }
  const signature = signatureIn(ran.stdout.toString("utf8").trim());
  const key = createPublicKey({
    key: Buffer.concat([DER_HEAD, Buffer.from(publicKey, "hex")]),
    format: "der",
    type: "spki",
  });
  if (signature !== null && verify(null, bytes, key, signature)) return signature;
  throw new StationError(
    "refused",
    `What the command of --signer answered is no signature of this by the ${purpose} key ${publicKey.slice(0, 16)}. Nothing was signed.`,
  );
}

function signatureIn(text: string): Buffer | null {
  if (/^[0-9a-fA-F]{128}$/.test(text)) return Buffer.from(text, "hex");
  const bytes = /^[A-Za-z0-9+/]{86}==$/.test(text) ? Buffer.from(text, "base64") : null;
  return bytes?.length === SIGNATURE_BYTES ? bytes : null;
}
