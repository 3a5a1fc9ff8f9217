import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { StartError } from "#server/start-error.ts";

/** Where the certificate of an authority is handed out that nobody knows by themselves. It is public; its fingerprint is what is compared. */
export const OWN_CA_PATH = "/lan-ca.pem";

export type OwnCa = {
  pem: string;
  /** SHA-256 of the file that is handed out, lower-case hex: what `sha256sum` says of it. */
  fileSha256: string;
  /** SHA-256 of the certificate, as browsers show it. */
  fingerprint: string;
};

/** @throws StartError when the file is no certificate */
export function readOwnCa(file: string | null): OwnCa | null {
  if (file === null) return null;
  try {
    const pem = readFileSync(file, "utf8");
    const fingerprint = new X509Certificate(pem).fingerprint256;
    return { pem, fingerprint, fileSha256: createHash("sha256").update(pem).digest("hex") };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError("wrong-setting", `FIDUCIAL_TLS_CA cannot be read as a certificate: ${why}.`, error);
  }
}

export function sendOwnCa(response: ServerResponse, { pem }: OwnCa): void {
  response.setHeader("content-type", "application/x-x509-ca-cert");
  response.setHeader("content-disposition", 'attachment; filename="fiducial-ca.pem"');
  response.setHeader("cache-control", "no-cache");
  response.end(pem);
}
