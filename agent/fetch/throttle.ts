import { type Bucket, fullBucket, take } from "#core/change/bucket.ts";

/** Called with bytes that came; resolves when more may be read. */
export type Throttle = (bytes: number) => Promise<void>;

export const AS_FAST_AS_IT_GOES: Throttle = async () => undefined;

type Clock = {
  /** Monotonic milliseconds. */
  nowMs: () => number;
  /** Returns early when the download is told to stop. */
  sleep: (ms: number) => Promise<void>;
};

/** One for all connections of a download. Not reading is what slows the sender down: the kernel's buffers fill and TCP tells it to wait. */
export function throttle(bytesPerSecond: number, { nowMs, sleep }: Clock): Throttle {
  let bucket: Bucket = fullBucket(bytesPerSecond, nowMs());
  return async (bytes) => {
    const took = take(bucket, bytes, nowMs());
    bucket = took.bucket;
    if (took.waitMs > 0) await sleep(took.waitMs);
  };
}
