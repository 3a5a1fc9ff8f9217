import type { Log } from "#server/log.ts";
import type { PostgresServer } from "./postgres-server.ts";

const LOOK_EVERY_MS = 500;
/** Waits between tries: children of a killed postmaster need a moment to notice, a full disk needs a person. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * Starts the PostgreSQL of the data folder again when it is gone (V-02: killed, out of memory, crashed). Until it is back every
 * request is answered with "database away"; nothing is acknowledged. Answers how to stop watching and PostgreSQL with it.
 */
export function keepRunning(
  first: PostgresServer,
  startAgain: () => Promise<PostgresServer>,
  log: Log,
): { stop: () => Promise<void> } {
  let current = first;
  let waitMs = FIRST_WAIT_MS;
  let stopped = false;
  let round = Promise.resolve();
  let timer = setTimeout(next, LOOK_EVERY_MS);

  async function look(): Promise<number> {
    if (current.alive()) return LOOK_EVERY_MS;
    log.error("postgres.gone", { pid: current.pid });
    try {
      current = await startAgain();
      waitMs = FIRST_WAIT_MS;
      log.warn("postgres.back", { pid: current.pid });
      return LOOK_EVERY_MS;
    } catch (error) {
      log.error("postgres.not-back", { error, nextTryMs: waitMs });
      const wait = waitMs;
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      return wait;
    }
  }

  function next(): void {
    round = look().then((afterMs) => {
      if (!stopped) timer = setTimeout(next, afterMs);
    });
  }

  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await round;
      await current.stop();
    },
  };
}
