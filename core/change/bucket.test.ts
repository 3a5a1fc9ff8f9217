import { expect, test } from "vitest";
import { type Bucket, fullBucket, take } from "#core/change/bucket.ts";

const RATE = 100 * 1024;

/** Takes pieces one after the other, waiting as told; milliseconds until the last may be followed by another. */
function download(bucket: Bucket, pieces: readonly number[]): number {
  let nowMs = bucket.atMs;
  let now = bucket;
  for (const bytes of pieces) {
    const took = take(now, bytes, nowMs);
    now = took.bucket;
    nowMs += took.waitMs;
  }
  return nowMs - bucket.atMs;
}

test("a second's worth at once, then no faster than said, whatever the pieces [SIG-4]", () => {
  const full = fullBucket(RATE, 1_000);
  expect(download(full, [RATE])).toBe(0);
  for (const piece of [1_024, 16 * 1024, 64 * 1024]) {
    const count = Math.ceil((10 * RATE) / piece);
    const ms = download(
      full,
      Array.from({ length: count }, () => piece),
    );
    const least = ((count * piece - RATE) * 1_000) / RATE;
    expect(ms).toBeGreaterThanOrEqual(least);
    // A millisecond is the smallest wait, so each of them may be one too long.
    expect(ms).toBeLessThan(least + count);
  }
});

test("a rest is not saved up beyond a second, and a clock that stands still gives nothing", () => {
  const { bucket } = take(fullBucket(RATE, 0), 3 * RATE, 0);
  expect(take(bucket, 0, 0).waitMs).toBe(2_000);
  expect(take(bucket, 0, 2_000).waitMs).toBe(0);
  expect(take(bucket, RATE, 1e9).bucket.bytes).toBe(0);
  expect(take(bucket, 0, -5).bucket.atMs).toBe(0);
});

test("slower than a piece of the network a second, it still begins with one piece", () => {
  expect(take(fullBucket(16 * 1024, 0), 64 * 1024, 0).waitMs).toBe(0);
  expect(take(fullBucket(16 * 1024, 0), 80 * 1024, 0).waitMs).toBe(1_000);
});
