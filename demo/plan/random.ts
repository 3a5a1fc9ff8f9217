import { createHash } from "node:crypto";

/** Chance that is the same for the same words: every part of the plan draws from its own source, so that one more draw here moves nothing there. */
export type Random = {
  /** In [0, 1). */
  next(): number;
  /** Whole number, both ends included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  bytes(count: number): Uint8Array;
};

export function randomFor(...words: readonly (string | number)[]): Random {
  const seed = createHash("sha256")
    .update(["fiducial.plan.v1", ...words].join("\n"))
    .digest();
  const next = sfc32([
    seed.readUInt32LE(0),
    seed.readUInt32LE(4),
    seed.readUInt32LE(8),
    seed.readUInt32LE(12),
  ]);
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (from) => {
      const one = from[int(0, from.length - 1)];
      if (one === undefined) throw new Error("nothing to pick from");
      return one;
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => int(0, 255)),
  };
}

/** Chris Doty-Humphrey's sfc32 (PractRand): 128 bits of state, additions and shifts. */
function sfc32(state: [number, number, number, number]): () => number {
  let [a, b, c, counter] = state;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let warm = 0; warm < 12; warm += 1) next();
  return next;
}
