import { join } from "node:path";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import { text } from "#core/message/render.ts";
import { SIGNER_SOCKET } from "#core/trust/signer-verbs.ts";
import { type Act, type Nudge, runAct, type Tx } from "#server/act.ts";
import { createAgentApi } from "#server/agent-api/handler.ts";
import { appendRows } from "#server/audit/append-rows.ts";
import { type DirectorVersions, openDirectorVersions } from "#server/change/director-versions.ts";
import { type RunningChanges, startChanges } from "#server/change/start-changes.ts";
import type { Database } from "#server/database/connect.ts";
import { createEnrol } from "#server/enrolment/ingress.ts";
import type { FrontEnv } from "#server/env.ts";
import { createAgentBundle } from "#server/http/agent-bundle.ts";
import { createAuthEndpoint } from "#server/http/auth-endpoint.ts";
import { createDock } from "#server/http/dock.ts";
import { createExportEndpoint } from "#server/http/export-endpoint.ts";
import type { Endpoints } from "#server/http/listener.ts";
import type { OwnCa } from "#server/http/own-ca.ts";
import type { Pages } from "#server/http/pages.ts";
import { loadServerKey } from "#server/http/server-key.ts";
import { createTrpcEndpoint } from "#server/http/trpc-endpoint.ts";
import type { Log } from "#server/log.ts";
import { createTransaction, type Transaction } from "#server/reach.ts";
import { openRealtime } from "#server/realtime/open-realtime.ts";
import type { Realtime } from "#server/realtime/realtime.ts";
import { signerFolder } from "#server/repository/folders.ts";
import { openRepositoryService, type Repository } from "#server/repository/open-repository.ts";
import { appRouter } from "#server/router.ts";
import { openSessions, type Sessions } from "#server/session/open-sessions.ts";
import { sessionSecret } from "#server/session/secret.ts";
import { signerClient } from "#server/signer/client.ts";
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
  /** The authority behind the server's certificate, where browsers and scanners do not know it by themselves. */
  ownCa?: OwnCa | null;
  build: string;
  clock: () => number;
  front: FrontEnv;
};

export type Composed = {
  endpoints: Endpoints;
  realtime: Realtime;
  /** Rounds of what the server does about changes by itself. */
  changes: RunningChanges;
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
  const { signInOpen } = parts.front;
  const sessions = openSessions({
    prisma,
    transaction,
    append: appendRows,
    secret,
    origins,
    clock,
    signInOpen,
  });
  const { readVisitor } = sessions;
  const realtime = openRealtime({ transaction, readVisitor, origins, build: parts.build, log, clock });
  const versions = await openDirectorVersions(database.withScope);
  const ingest = await startIngest({ database, nudge: realtime.nudge, log, directorVersion: versions.of });
  const { repository, changes } = await openSignedChanges(parts, { transaction, realtime, versions });
  const sweep = setInterval(() => {
    sessions.endStale().catch((error: unknown) => log.warn("session.sweep-failed", { error }));
  }, SWEEP_MS);
  const inside = { transaction, sessions, realtime, ingest, repository, changes };
  const endpoints = await openEndpoints(parts, inside);
  return {
    endpoints,
    realtime,
    changes,
    stop: async () => {
      clearInterval(sweep);
      await changes.stop();
      await ingest.stop();
    },
  };
}

type Inside = {
  transaction: Transaction;
  sessions: Sessions;
  realtime: Realtime;
  ingest: RunningIngest;
  repository: Repository;
  changes: RunningChanges;
};

/** The files are looked at by themselves this often: a timestamp that is about to expire, rows that a failure left out. */
const FILES_MS = 60_000;

/** What the server does about signed releases and changes by itself. The private keys are in another process, behind a socket. */
async function openSignedChanges(
  { dataFolder, clock, log }: Parts,
  {
    transaction,
    realtime,
    versions,
  }: Pick<Inside, "transaction" | "realtime"> & { versions: DirectorVersions },
): Promise<Pick<Inside, "repository" | "changes">> {
  const signer = signerClient(join(signerFolder(dataFolder), SIGNER_SOCKET));
  const read = <T>(work: (tx: Tx) => Promise<T>) => transaction({ kind: "server" }, work);
  const ports = { transaction: read, append: appendRows, nudge: realtime.nudge };
  const act = <T>(work: (act: Act) => Promise<T>) => runAct(ports, { actor: "server", nowMs: clock() }, work);
  const shared = { signer, versions, read, act, log };
  const repository = await openRepositoryService({ ...shared, dataFolder, clock });
  const nudge = (scannerId: ScannerId, siteId: SiteId) => realtime.nudge.scanners([scannerId], siteId);
  const beside = { everyMs: FILES_MS, round: repository.round };
  return { repository, changes: startChanges({ ...shared, nudge, nowMs: clock }, beside) };
}

async function openEndpoints(parts: Parts, inside: Inside): Promise<Endpoints> {
  const { origins, log, clock } = parts;
  const { transaction, sessions } = inside;
  const { auth, readVisitor } = sessions;
  const serverKey = await loadServerKey(parts.dataFolder);
  const server: ServerFacts = {
    build: parts.build,
    origin: origins[0],
    keyFingerprint: serverKey.fingerprint,
    ownCa: parts.ownCa ?? null,
    front: { ...parts.front, dock: parts.front.dockUrl !== null },
  };
  const nudge = nudgeAfterActs(inside);
  const { files: repository, serve, publish } = inside.repository;
  const context = { transaction, append: appendRows, nudge, log, server, repository };
  return {
    trpc: createTrpcEndpoint({ router: appRouter, readVisitor, origins, clock, context }),
    auth: createAuthEndpoint({
      auth,
      origins,
      log,
      endStaleSessions: sessions.endStale,
      signInOpen: parts.front.signInOpen,
    }),
    export: createExportEndpoint({ ...context, readVisitor, origins, clock, build: parts.build }),
    dock: createDock({ url: parts.front.dockUrl, readVisitor, origins, clock, log }),
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
    repository: serve,
    publish,
    agentBundle: createAgentBundle(join(parts.root, "dist", "agent", "fiducial.mjs")),
    pages: parts.pages,
  };
}

/** What a person did to a scanner concerns the ingress and the ticker as well as the browsers. */
function nudgeAfterActs({ realtime, ingest, changes }: Inside): Nudge {
  return {
    scanners: (ids, siteId) => {
      for (const id of ids) ingest.renew(id);
      changes.kick();
      realtime.nudge.scanners(ids, siteId);
    },
    list: realtime.nudge.list,
  };
}

function openEnrol({ transaction, realtime }: Inside): ReturnType<typeof createEnrol> {
  const read = <T>(work: Parameters<typeof transaction<T>>[1]) => transaction({ kind: "server" }, work);
  const ports = { transaction: read, append: appendRows, nudge: realtime.nudge };
  return createEnrol({ read, act: (nowMs, work) => runAct(ports, { actor: "scanner", nowMs }, work) });
}
