/** A token bucket: how fast a download may be, over all its connections together (SIG-4). No clock: whoever asks says what time it is. */

export type Bucket = {
  bytesPerSecond: number;
  /** What may come at once; below zero: came already, and is to be waited for. */
  bytes: number;
  /** Monotonic milliseconds at which that was so. */
  atMs: number;
};

/** So much may come at once after a rest: a second's worth, and what arrives in one piece. */
const LEAST_BURST_BYTES = 64 * 1024;

function burstOf(bytesPerSecond: number): number {
  return Math.max(bytesPerSecond, LEAST_BURST_BYTES);
}

export function fullBucket(bytesPerSecond: number, nowMs: number): Bucket {
  return { bytesPerSecond, bytes: burstOf(bytesPerSecond), atMs: nowMs };
}

/** These bytes have come. `waitMs`: before any more may be taken from the network. */
export function take(bucket: Bucket, bytes: number, nowMs: number): { bucket: Bucket; waitMs: number } {
  const { bytesPerSecond, atMs } = bucket;
  const came = (Math.max(0, nowMs - atMs) * bytesPerSecond) / 1000;
  const left = Math.min(burstOf(bytesPerSecond), bucket.bytes + came) - bytes;
  const waitMs = left >= 0 ? 0 : Math.ceil((-left * 1000) / bytesPerSecond);
  return { bucket: { bytesPerSecond, bytes: left, atMs: Math.max(atMs, nowMs) }, waitMs };
}
