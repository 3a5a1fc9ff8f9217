import * as z from "zod";
import { publicKeyHexSchema } from "#core/trust/metadata.ts";

/**
 * Public halves of the keys that a signer process holds, as it prints them: whoever makes a root puts them into it. `director` speaks
 * for targets, snapshot and timestamp of the director; `snapshot` and `timestamp` for those of the release repository.
 */
export const ONLINE_KEYS_SCHEMA = "fiducial.online-keys/1";

export const onlineKeysSchema = z.strictObject({
  schema: z.literal(ONLINE_KEYS_SCHEMA),
  snapshot: publicKeyHexSchema,
  timestamp: publicKeyHexSchema,
  director: publicKeyHexSchema,
});
export type OnlineKeys = z.infer<typeof onlineKeysSchema>;
