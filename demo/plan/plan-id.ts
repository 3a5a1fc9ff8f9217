import { v7 } from "uuid";
import { randomFor } from "#demo/plan/random.ts";

/** A UUID of version 7 for a thing that came into being at `atMs`: always the same one for the same seed and word. */
export function planId(seed: string, word: string, atMs: number): string {
  return v7({ msecs: atMs, random: randomFor(seed, "id", word).bytes(16), seq: 0 });
}
