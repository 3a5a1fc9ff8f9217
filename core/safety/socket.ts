import * as z from "zod";
import { epochMsSchema } from "#core/identity/identity.ts";

/**
 * The safety socket (docs/safety-socket.md): the daemon listens on /run/fiducial/safety.sock, readers send nothing,
 * each line is one JSON object of at most 8 kB ending in "\n": first `hello`, then `state` on change and at least every second.
 * Vocabulary from field-service.md §3.2. Unknown fields are ignored; unknown words are kept as data and read as `unknown`.
 */
export const SAFETY_LINE_BYTES = 8 * 1024;
export const SAFETY_SOCKET_PATH = "/run/fiducial/safety.sock";
export const SAFETY_SCHEMA = "fiducial.safety/1";

export const SAFETY_WORDS = [
  "ok",
  "warning",
  "tripped",
  "bypassed",
  "limit-exceeded",
  "config-mismatch",
] as const;
export const CHAIN_STATES = ["closed", "open", "bypassed", "unknown"] as const;
export const SCAN_STATES = ["idle", "preparing", "running", "robot-moving", "unknown"] as const;

const word = z.string().min(1).max(48);

/** An enum whose unknown members read as "unknown" instead of failing (V-17, Fleet CVE-2026-34388). */
export function openEnum<const T extends readonly string[]>(words: T) {
  return z
    .string()
    .max(64)
    .transform((value): T[number] | "unknown" => (words.includes(value) ? (value as T[number]) : "unknown"));
}

export const safetyHelloSchema = z.object({
  type: z.literal("hello"),
  schema: z.literal(SAFETY_SCHEMA),
  daemon: z.string().min(1).max(64),
  version: z.string().min(1).max(64),
});

export const chainElementSchema = z.object({
  id: word,
  label: z.string().max(64).optional(),
  state: openEnum(CHAIN_STATES),
});

export const safetyStateSchema = z.object({
  type: z.literal("state"),
  state: openEnum(SAFETY_WORDS),
  chain: z.array(chainElementSchema).max(64),
  latched: z.boolean(),
  permission: z.boolean(),
  /** Names of protections that are switched off; any entry is a bypass. */
  bypasses: z.array(word).max(32),
  /** SHA-256 hex of the limits in force. */
  limitsHash: z.string().max(128).nullable(),
  energised: z.union([z.boolean(), z.null()]),
  scanState: openEnum(SCAN_STATES),
  lastSelfTestAtMs: epochMsSchema.nullable(),
});

export const safetyLineSchema = z.discriminatedUnion("type", [safetyHelloSchema, safetyStateSchema]);
export type SafetyHello = z.infer<typeof safetyHelloSchema>;
export type SafetyState = z.infer<typeof safetyStateSchema>;
