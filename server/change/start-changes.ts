import type { Log } from "#server/log.ts";
import { type CarryPorts, createCarrier } from "./carry.ts";
import { createPardonCarrier } from "./carry-pardons.ts";
import { createStickSigner } from "./sign-sticks.ts";

export type RunningChanges = {
  /** Something was asked for: looked at now, and not with the next round. */
  kick: () => void;
  /** One round, now. */
  round: () => Promise<void>;
  stop: () => Promise<void>;
};

const ROUND_MS = 2_000;
const COMPLAIN_MS = 60_000;

/** Carries changes to the signer and ends those whose time is over, one round at a time. @param beside what else is looked at with each round */
export function startChanges(
  ports: CarryPorts,
  beside: { everyMs: number; round: () => Promise<void> },
): RunningChanges {
  const carry = createCarrier(ports);
  const carryPardons = createPardonCarrier(ports);
  const signSticks = createStickSigner(ports);
  let besideAtMs = Number.NEGATIVE_INFINITY;
  let running: Promise<void> = Promise.resolve();
  let waiting = false;
  const round = (): Promise<void> => {
    if (waiting) return running;
    waiting = true;
    const mine = running
      .catch(() => undefined)
      .then(async () => {
        waiting = false;
        await carry();
        await signSticks();
        await carryPardons();
        if (performance.now() - besideAtMs < beside.everyMs) return;
        besideAtMs = performance.now();
        await beside.round();
      });
    running = mine;
    return mine;
  };
  const quietly = complaining(round, ports.log);
  const timer = setInterval(quietly, ROUND_MS);
  timer.unref();
  quietly();
  return {
    kick: quietly,
    round,
    stop: async () => {
      clearInterval(timer);
      await running.catch(() => undefined);
    },
  };
}

/** While the database is away this is said once a minute, not with every round. */
function complaining(round: () => Promise<void>, log: Log): () => void {
  let saidMs = Number.NEGATIVE_INFINITY;
  return () => {
    round().catch((error: unknown) => {
      if (performance.now() - saidMs < COMPLAIN_MS) return;
      saidMs = performance.now();
      log.warn("change.round-failed", { error });
    });
  };
}
