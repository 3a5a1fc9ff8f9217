import * as z from "zod";
import { epochMsSchema, scannerIdSchema, sha256HexSchema } from "#core/identity/identity.ts";

/** Head of the audit chain of the scanner's site; the scanner keeps it and signs it into its next report (witness, reliability.md §5.3). */
export const auditHeadSchema = z.object({
  chain: z.string().max(128),
  seq: z.int().nonnegative(),
  hash: sha256HexSchema,
});
export type AuditHead = z.infer<typeof auditHeadSchema>;

/**
 * The server's answer to report, heartbeat and closure. An acknowledged report is committed (V-01, V-02); an acknowledged
 * heartbeat was seen, no more. Unknown fields are ignored by the agent, so a newer server may add some.
 */
export const acknowledgementSchema = z.object({
  protocols: z.array(z.int()).max(16),
  /** Sequence of the report acknowledged, null for a heartbeat. */
  seq: z.int().nonnegative().nullable(),
  /** The server does not hold the facts this digest names: send a full report. */
  needFull: z.boolean(),
  /** Closure digests whose path list the server wants. */
  needClosure: z.array(sha256HexSchema).max(16),
  /** Reserved for instructions; 0 while changes are off. */
  directorVersion: z.int().nonnegative(),
  auditHead: auditHeadSchema.nullable(),
  serverTimeMs: epochMsSchema,
});
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;

/** Codes of a refusal on the agent API. Each is an HTTP status and one sentence in the message catalogue (`agent.<code>`). */
export const REFUSALS = {
  "wrong-method": 405,
  "too-large": 413,
  "too-slow": 408,
  "wrong-headers": 400,
  "unknown-key": 401,
  "bad-signature": 401,
  "wrong-type": 415,
  "not-json": 400,
  "too-complex": 400,
  "wrong-schema": 400,
  "wrong-protocol": 400,
  "not-your-scanner": 403,
  "awaiting-approval": 403,
  "refused-by-admin": 403,
  retired: 403,
  "locked-out": 403,
  "replayed-conflict": 409,
  "token-unknown": 401,
  "token-expired": 410,
  "token-used": 409,
  "serial-taken": 409,
  "digest-mismatch": 422,
  "not-asked-for": 409,
  busy: 503,
  "database-away": 503,
} as const;
export type RefusalCode = keyof typeof REFUSALS;

export const refusalSchema = z.object({
  refused: z.string().max(64),
  message: z.string().max(1000),
  retryAfterS: z.int().positive().optional(),
});
export type Refusal = z.infer<typeof refusalSchema>;

export const enrolRequestSchema = z.strictObject({
  protocol: z.literal(1),
  /** One-time token, `fid1.<base64url secret>`. */
  token: z.string().min(20).max(200),
  /** Raw Ed25519 public key, base64 (32 bytes). The private half never leaves the scanner (ADM-4). */
  publicKey: z.string().length(44),
  serial: z.string().min(1).max(64).nullable(),
  hostname: z.string().max(253),
  /** SHA-256 over stable hardware identities of the host; a clone on other hardware shows (K-07, F27). */
  hardwareFingerprint: sha256HexSchema,
  agentVersion: z.string().max(64),
  bootId: z.string().max(64),
  sentAtMs: epochMsSchema,
});
export type EnrolRequest = z.infer<typeof enrolRequestSchema>;

export const enrolAnswerSchema = z.object({
  scannerId: scannerIdSchema,
  serial: z.string().max(64),
  state: z.enum(["pending", "approved"]),
  /** SHA-256 of the key this server registered, first 16 hex digits grouped by four: shown on both ends. */
  keyFingerprint: z.string().max(64),
  serverTimeMs: epochMsSchema,
});
export type EnrolAnswer = z.infer<typeof enrolAnswerSchema>;
