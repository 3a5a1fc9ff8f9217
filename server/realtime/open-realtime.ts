import { BACKGROUND_HEADER } from "#core/protocol/background.ts";
import type { Log } from "#server/log.ts";
import type { Transaction } from "#server/reach.ts";
import { SESSION_ABSOLUTE_MS, SESSION_IDLE_MS } from "#server/session/auth.ts";
import type { ReadVisitor } from "#server/session/visitor.ts";
import { createRealtime, type Realtime } from "./realtime.ts";
import { type Standing, standingOf } from "./standing.ts";
import { livingSessions, sitePlaces } from "./store.ts";

export type OpenRealtimePorts = {
  transaction: Transaction;
  readVisitor: ReadVisitor;
  origins: readonly string[];
  build: string;
  log: Log;
  clock: () => number;
};

export function openRealtime(ports: OpenRealtimePorts): Realtime {
  const { origins, build, log, clock } = ports;
  return createRealtime({
    origins,
    build,
    log,
    sessionOf: async (cookie) => {
      // An open socket is no sign of its owner: it keeps nothing alive.
      const headers = new Headers({ cookie, [BACKGROUND_HEADER]: "1" });
      return (await ports.readVisitor(headers, clock())).visitor?.sessionId ?? null;
    },
    standings: (sessionIds) =>
      ports.transaction({ kind: "server" }, async (tx) => {
        const nowMs = clock();
        const limits = { idleSinceMs: nowMs - SESSION_IDLE_MS, madeBeforeMs: nowMs - SESSION_ABSOLUTE_MS };
        const living = await livingSessions(tx, sessionIds, limits);
        const places = await sitePlaces(tx);
        const standings = new Map<string, Standing>();
        for (const [id, memberships] of living) standings.set(id, standingOf(memberships, places));
        return standings;
      }),
  });
}
