import type { Answer } from "#agent/link/answer.ts";
import type { Transport } from "#agent/link/transport.ts";
import { OFFLINE_AFTER_MS } from "#core/protocol/timing.ts";
import type { LinkLook } from "#demo/host/picture.ts";

/** What a worse way to the server knows of itself. Milliseconds of one clock. */
export type Way = {
  look: LinkLook;
  /** Since when it is like that. */
  sinceMs: number;
  /** When the last message came through. */
  passedMs: number;
  /** When a flapping link came back last; null: it is away. */
  backSinceMs: number | null;
};

/** A slow proxy's patience with us: late for a while (F22), and then nothing at all. */
const SLOW_EVERY_MS = 105_000;
const SLOW_FOR_MS = 10 * 60_000;
/** A flapping link is away for long enough to count as offline (F28), and back for two messages. */
const AWAY_MS = OFFLINE_AFTER_MS + 5_000;
const BACK_MS = 30_000;

/** Whether a message comes through now, and what the way looks like afterwards. */
export function tryWay(way: Way, nowMs: number): { passes: boolean; way: Way } {
  const passed = { ...way, passedMs: nowMs };
  switch (way.look) {
    case "open":
      return { passes: true, way: passed };
    case "cut":
      return { passes: false, way };
    case "slow": {
      const passes = nowMs - way.sinceMs <= SLOW_FOR_MS && nowMs - way.passedMs >= SLOW_EVERY_MS;
      return { passes, way: passes ? passed : way };
    }
    case "flapping":
      return flap(way, nowMs);
  }
}

function flap(way: Way, nowMs: number): { passes: boolean; way: Way } {
  const { backSinceMs, passedMs } = way;
  if (backSinceMs !== null && nowMs - backSinceMs < BACK_MS)
    return { passes: true, way: { ...way, passedMs: nowMs } };
  if (nowMs - passedMs < AWAY_MS) return { passes: false, way: { ...way, backSinceMs: null } };
  return { passes: true, way: { ...way, passedMs: nowMs, backSinceMs: nowMs } };
}

const AWAY: Answer = {
  kind: "trouble",
  trouble: { reason: "unreachable", detail: "the way to the server is blocked" },
  retryAfterMs: null,
};

/** Stands between an agent and its transport; the agent takes what it does for the network. */
export class LinkGate {
  readonly #clock: () => number;
  #way: Way;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.#way = { look: "open", sinceMs: clock(), passedMs: clock(), backSinceMs: null };
  }

  set(look: LinkLook): void {
    if (look !== this.#way.look)
      this.#way = { ...this.#way, look, sinceMs: this.#clock(), backSinceMs: null };
  }

  /** @param heard is told the body of every answer that came through */
  before(transport: Transport, heard: (body: unknown) => void = () => undefined): Transport {
    return {
      proxy: transport.proxy,
      close: () => transport.close(),
      send: async (endpoint, body, signal) => {
        const { passes, way } = tryWay(this.#way, this.#clock());
        this.#way = way;
        if (!passes) return AWAY;
        const answer = await transport.send(endpoint, body, signal);
        if (answer.kind === "answered") heard(answer.body);
        return answer;
      },
    };
  }
}
