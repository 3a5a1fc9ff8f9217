export type SteadyClock = {
  /** Milliseconds since the epoch; never jumps between two calls of `adopt`. */
  nowMs: () => number;
  /**
   * Follows the wall clock where it has been set. Answers by how much everything the server remembers has to move, so that no
   * silence grows or shrinks by it (V-09); 0: nothing happened.
   */
  adopt: () => number;
};

/** A wall clock that is slewed stays within this of the monotonic one; more is a step. */
const STEP_MS = 2_000;

/** @param wall milliseconds since the epoch @param monotonic milliseconds since anything, never set */
export function steadyClock(wall: () => number, monotonic: () => number): SteadyClock {
  let offset = wall() - monotonic();
  return {
    nowMs: () => Math.round(offset + monotonic()),
    adopt: () => {
      const ahead = wall() - (offset + monotonic());
      offset += ahead;
      return Math.abs(ahead) > STEP_MS ? Math.round(ahead) : 0;
    },
  };
}
