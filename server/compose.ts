import { join } from "node:path";
import { text } from "#core/message/render.ts";
import { runAct } from "#server/act.ts";
import { createAgentApi } from "#server/agent-api/handler.ts";
import { appendRow } from "#server/audit/append-row.ts";
import type { Database } from "#server/database/connect.ts";
import { createEnrol } from "#server/enrolment/ingress.ts";
import { createAgentBundle } from "#server/http/agent-bundle.ts";
import { createAuthEndpoint } from "#server/http/auth-endpoint.ts";
import type { Endpoints } from "#server/http/listener.ts";
import type { Pages } from "#server/http/pages.ts";
import { loadServerKey } from "#server/http/server-key.ts";
import { createTrpcEndpoint } from "#server/http/trpc-endpoint.ts";
import type { Log } from "#server/log.ts";
import { createTransaction, type Transaction } from "#server/reach.ts";
import { openRealtime } from "#server/realtime/open-realtime.ts";
import type { Realtime } from "#server/realtime/realtime.ts";
import { appRouter } from "#server/router.ts";
import { openSessions, type Sessions } from "#server/session/open-sessions.ts";
import { sessionSecret } from "#server/session/secret.ts";
import { type RunningIngest, startIngest } from "#server/ticker/start-ingest.ts";
import type { ServerFacts } from "#server/trpc.ts";

export type Parts = {
  database: Database;
  pages: Pages;
  log: Log;
  /** Absolute path of keys and secrets. */
  dataFolder: string;
  /** The project's folder: the agent's bundle lies below it. */
  root: string;
  origins: readonly [string, ...string[]];
  build: string;
  clock: () => number;
};

export type Composed = {
  endpoints: Endpoints;
  realtime: Realtime;
  /** Ends timers and writes what is only in memory; the database must still be there. */
  stop: () => Promise<void>;
};

const SWEEP_MS = 60_000;

/** Puts the server together behind an open database: every noun gets what it needs here and nowhere else. */
export async function compose(parts: Parts): Promise<Composed> {
  const { database, log, origins, clock } = parts;
  const transaction = createTransaction(database.withScope);
  const secret = await sessionSecret(parts.dataFolder);
  const { prisma } = database;
  const sessions = openSessions({ prisma, transaction, append: appendRow, secret, origins, clock });
  const { readVisitor } = sessions;
  const realtime = openRealtime({ transaction, readVisitor, origins, build: parts.build, log, clock });
  const ingest = await startIngest({ database, nudge: realtime.nudge, log });
  const sweep = setInterval(() => {
    sessions.endStale().catch((error: unknown) => log.warn("session.sweep-failed", { error }));
  }, SWEEP_MS);
  const endpoints = await openEndpoints(parts, { transaction, sessions, realtime, ingest });
  return {
    endpoints,
    realtime,
    stop: async () => {
      clearInterval(sweep);
      await ingest.stop();
    },
  };
}

type Inside = { transaction: Transaction; sessions: Sessions; realtime: Realtime; ingest: RunningIngest };

async function openEndpoints(parts: Parts, inside: Inside): Promise<Endpoints> {
  const { origins, log, clock } = parts;
  const { transaction, sessions, realtime } = inside;
  const { auth, readVisitor } = sessions;
  const serverKey = await loadServerKey(parts.dataFolder);
  const server: ServerFacts = {
    build: parts.build,
    origin: origins[0],
    keyFingerprint: serverKey.fingerprint,
  };
  const context = { transaction, append: appendRow, nudge: realtime.nudge, log, server };
  return {
    trpc: createTrpcEndpoint({ router: appRouter, readVisitor, origins, clock, context }),
    auth: createAuthEndpoint({ auth, origins, log, endStaleSessions: sessions.endStale }),
    agentApi: createAgentApi({
      keys: inside.ingest.keys,
      ingest: inside.ingest.ingest,
      enrol: openEnrol(inside),
      serverKey,
      sentence: (code) =>
        text({ locale: "en", time: (atMs) => new Date(atMs).toISOString() }, `agent.${code}`),
      // Receipts are stamped by the clock whose steps are noticed, or an hour's step would make scanners late or early (V-09).
      clock: inside.ingest.watch.nowMs,
      observe: {
        refused: (refused, endpoint) =>
          log.debug("agent.refused", { endpoint, check: refused.check, detail: refused.detail }),
        failed: (error) => log.error("agent.failed", { error }),
      },
    }),
    agentBundle: createAgentBundle(join(parts.root, "dist", "agent", "fiducial.mjs")),
    pages: parts.pages,
  };
}

function openEnrol({ transaction, realtime }: Inside): ReturnType<typeof createEnrol> {
  const read = <T>(work: Parameters<typeof transaction<T>>[1]) => transaction({ kind: "server" }, work);
  const ports = { transaction: read, append: appendRow, nudge: realtime.nudge };
  return createEnrol({ read, act: (nowMs, work) => runAct(ports, { actor: "scanner", nowMs }, work) });
}
