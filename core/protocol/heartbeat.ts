import * as z from "zod";
import {
  bootIdSchema,
  counterSchema,
  epochMsSchema,
  scannerIdSchema,
  sha256HexSchema,
} from "#core/identity/identity.ts";

/** Every 15 s, signed, about 400 bytes: "still here, and nothing changed since the report with this digest". */
export const heartbeatSchema = z.strictObject({
  protocol: z.literal(1),
  scannerId: scannerIdSchema,
  bootId: bootIdSchema,
  bootCounter: counterSchema,
  startCounter: counterSchema,
  /** Rises by one per heartbeat within this start; in memory only. Replays are refused by it. */
  beat: counterSchema,
  /** Digest of the facts of the newest report the agent made (core/report/digest.ts). */
  factsDigest: sha256HexSchema,
  sentAtMs: epochMsSchema,
  uptimeMs: z.int().nonnegative(),
  /** Reports still waiting in the outbox. */
  outbox: z.int().nonnegative().max(2_147_483_647),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;
