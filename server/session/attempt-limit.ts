/**
 * Counts tries in fixed windows, in memory: the limits are for guessing, and a restart gives a guesser nothing worth having.
 * Keys are bounded, so that a spray of invented accounts cannot fill the process (B-01).
 */
export type Limit = { max: number; windowMs: number };

const MOST_KEYS = 50_000;

export class AttemptLimit {
  readonly #limit: Limit;
  readonly #tries = new Map<string, { count: number; endsAtMs: number }>();

  constructor(limit: Limit) {
    this.#limit = limit;
  }

  /** Counts `weight` tries. Returns 0 when they are allowed, else the seconds to wait (at least 1). */
  take(key: string, nowMs: number, weight = 1): number {
    const window = this.#windowOf(key, nowMs);
    window.count += weight;
    if (window.count <= this.#limit.max) return 0;
    return Math.max(1, Math.ceil((window.endsAtMs - nowMs) / 1000));
  }

  /** The rightful owner got in: earlier slips no longer count. */
  forget(key: string): void {
    this.#tries.delete(key);
  }

  #windowOf(key: string, nowMs: number): { count: number; endsAtMs: number } {
    const open = this.#tries.get(key);
    if (open !== undefined && open.endsAtMs > nowMs) return open;
    const fresh = { count: 0, endsAtMs: nowMs + this.#limit.windowMs };
    this.#tries.delete(key);
    this.#makeRoom(nowMs);
    this.#tries.set(key, fresh);
    return fresh;
  }

  /** Windows stand in the order they were opened, so the first ones are the first to end. */
  #makeRoom(nowMs: number): void {
    for (const [key, window] of this.#tries) {
      if (window.endsAtMs > nowMs && this.#tries.size < MOST_KEYS) return;
      this.#tries.delete(key);
    }
  }
}
