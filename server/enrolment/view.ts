import type { ScannerId } from "#core/identity/identity.ts";
import type { Reason } from "#core/report/fact.ts";

export type TokenRow = {
  tokenId: string;
  siteName: string;
  serial: string | null;
  createdAtMs: number;
  expiresAtMs: number;
  state: "open" | "used" | "expired" | "revoked";
  usedBySerial: string | null;
};

/** A scanner that waits for a person: nobody has compared its key yet, or two machines have used its identity. */
export type PendingScanner = {
  scannerId: ScannerId;
  serial: string;
  hostname: string;
  siteName: string;
  keyFingerprint: string;
  hardwareFingerprint: string;
  enrolledAtMs: number;
  identity: "pending" | "locked-out";
  reason: Reason | null;
  /** The machine wants to go on as this scanner: what the scanner was so far. Null: it is new, or locked out. */
  replaces: { hostname: string; hardwareFingerprint: string; retired: boolean } | null;
};

export type Enrolments = { tokens: TokenRow[]; pending: PendingScanner[] };

export type CreatedToken = {
  tokenId: string;
  /** Shown this once. */
  token: string;
  expiresAtMs: number;
  serverFingerprint: string;
  /** Of the authority behind the server's certificate, where nobody knows it by themselves; null: the machine knows it. */
  caFingerprint: string | null;
  /** What a person types at the scanner. */
  command: string;
};
