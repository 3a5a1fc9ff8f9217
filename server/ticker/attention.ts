import type { Tx } from "#server/database/scoped.ts";
import { readAttention } from "#server/ticker/store.ts";

/** Since when the server has been listening, as the ticker last wrote it; readers in other processes see the same. */
export async function observingSinceMs(tx: Tx, nowMs: number): Promise<number> {
  return (await readAttention(tx))?.observingSinceMs ?? nowMs;
}
