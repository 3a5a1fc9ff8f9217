import * as z from "zod";
import type { RootBody } from "#core/trust/metadata.ts";

/**
 * Field of a root that says who holds which key, by key id. Signed by those who sign the root, so a name beside a signature is theirs
 * and not the server's; it decides nothing.
 */
export const HOLDERS_FIELD = "x-fiducial-holders";

const holdersSchema = z.record(z.string(), z.string().min(1).max(64));

/** Names by key id; empty where a root says none. */
export function holdersOf(root: RootBody): ReadonlyMap<string, string> {
  const parsed = holdersSchema.safeParse(root[HOLDERS_FIELD]);
  return new Map(parsed.success ? Object.entries(parsed.data) : []);
}
