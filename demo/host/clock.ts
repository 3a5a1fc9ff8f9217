/** True time, and a clock that only runs forward; both in milliseconds since the epoch, injectable everywhere. */
export type HostClock = { nowMs(): number; steadyMs(): number };

/** A stall of the simulating process longer than this did not happen to the hosts in it. */
const LONGEST_STEP_MS = 500;

/**
 * The clock that all hosts of one process live by. It is moved by ticks and never runs further ahead of the last one than a short
 * step: a process that was held up for seconds must not look like a thousand safety daemons that fell silent.
 */
export class SteadyClock implements HostClock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #steadyMs: number;
  #tickedMs: number;

  constructor(wall: () => number = Date.now, monotonic: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#monotonic = monotonic;
    this.#steadyMs = wall();
    this.#tickedMs = monotonic();
  }

  nowMs(): number {
    return this.#wall();
  }

  steadyMs(): number {
    return this.#steadyMs + this.#sinceTick();
  }

  tick(): void {
    this.#steadyMs += this.#sinceTick();
    this.#tickedMs = this.#monotonic();
  }

  #sinceTick(): number {
    return Math.min(LONGEST_STEP_MS, Math.max(0, this.#monotonic() - this.#tickedMs));
  }
}
