import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { v7 } from "uuid";
import { createAgentApi } from "#server/agent-api/handler.ts";
import { type Database, openDatabase } from "#server/database/connect.ts";
import { createLog } from "#server/log.ts";
import { type RunningIngest, startIngest } from "#server/ticker/start-ingest.ts";
import { type FreshDatabase, freshDatabase } from "#tests/integration/database.ts";
import { newKey, type ScannerClient, scannerClient } from "#tests/integration/scanner-client.ts";

export type IngestServer = {
  port: number;
  fresh: FreshDatabase;
  database: Database;
  /** As owner of the database: looks behind the scenes. */
  sql: <T extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<T[]>;
  serverKey: KeyObject;
  ingest: RunningIngest;
  nudged: string[];
  failures: unknown[];
  refusals: { check: string; code: string }[];
  clock: { wallMs: number; monotonicMs: number; pass: (ms: number) => void };
  addScanner: (state?: string, hardware?: string) => Promise<ScannerClient>;
  scope: { organisationId: string; regionId: string; siteId: string };
  /** Ends the ticker and starts another on the same database, as a restart of the server would. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
};

const HARDWARE = "a".repeat(64);

/** The agent API and all behind it on a database of its own; time is in the test's hands. */
export async function startIngestServer(): Promise<IngestServer> {
  const fresh = await freshDatabase();
  const database = openDatabase(
    fresh.appUrl,
    createLog("error", () => undefined),
  );
  const owner = new pg.Pool({ connectionString: fresh.ownerUrl, max: 4 });
  owner.on("error", () => undefined);
  const sql: IngestServer["sql"] = async (text, values) => (await owner.query(text, values)).rows;
  const scope = await makeSite(sql);
  const { privateKey } = generateKeyPairSync("ed25519");
  const publicKey = createPublicKey(privateKey);
  const start = Date.now();
  const clock = {
    wallMs: start,
    monotonicMs: 0,
    pass: (ms: number) => {
      clock.wallMs += ms;
      clock.monotonicMs += ms;
    },
  };
  const nudged: string[] = [];
  const deps = {
    database,
    nudge: { scanners: (ids: readonly string[]) => void nudged.push(...ids), list: () => undefined },
    log: createLog("error", () => undefined),
    wall: () => clock.wallMs,
    monotonic: () => clock.monotonicMs,
  };
  const failures: unknown[] = [];
  const refusals: IngestServer["refusals"] = [];
  const wire = (ingest: RunningIngest) =>
    createAgentApi({
      keys: ingest.keys,
      ingest: ingest.ingest,
      enrol: () => Promise.reject(new Error("nobody enrols here")),
      serverKey: {
        sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)),
        publicKeyRaw: new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32)),
        fingerprint: "",
      },
      sentence: (code) => code,
      clock: ingest.watch.nowMs,
      observe: {
        refused: ({ check, code }) => void refusals.push({ check, code }),
        failed: (error) => void failures.push(error),
      },
    });
  let ingest = await startIngest(deps);
  let api = wire(ingest);
  const server = createServer((request, response) => {
    api(request, response).then(
      (taken) => taken || response.writeHead(404).end(),
      (error: unknown) => {
        failures.push(error);
        response.destroy();
      },
    );
  });
  const port = await listen(server);
  const self: IngestServer = {
    port,
    fresh,
    database,
    sql,
    serverKey: publicKey,
    ingest,
    nudged,
    failures,
    refusals,
    clock,
    scope,
    addScanner: (state = "approved", hardware = HARDWARE) =>
      addScanner({ port, sql, scope }, state, hardware),
    restart: async () => {
      await ingest.stop();
      ingest = await startIngest(deps);
      api = wire(ingest);
      self.ingest = ingest;
    },
    close: async () => {
      await ingest.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.close();
      await owner.end();
      await fresh.drop();
    },
  };
  return self;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function makeSite(sql: IngestServer["sql"]): Promise<IngestServer["scope"]> {
  const [organisationId, regionId, siteId] = [v7(), v7(), v7()];
  await sql(`insert into "Organisation" (id, name) values ($1, 'Org')`, [organisationId]);
  await sql(`insert into "Region" (id, "organisationId", name) values ($1, $2, 'Main')`, [
    regionId,
    organisationId,
  ]);
  await sql(
    `insert into "Site" (id, "organisationId", "regionId", name, "timeZone") values ($1, $2, $3, 'Site', 'UTC')`,
    [siteId, organisationId, regionId],
  );
  return { organisationId, regionId, siteId };
}

async function addScanner(
  { port, sql, scope }: Pick<IngestServer, "port" | "sql" | "scope">,
  identity: string,
  hardware: string,
): Promise<ScannerClient> {
  const key = newKey();
  const scannerId = v7();
  const { organisationId, regionId, siteId } = scope;
  const place = [organisationId, regionId, siteId];
  await sql(
    `insert into "Scanner" (id, "organisationId", "regionId", "siteId", serial, identity, "hardwareFingerprint", hostname)
     values ($1, $2, $3, $4, $5, $6, $7, 'host')`,
    [scannerId, ...place, `S-${scannerId.slice(-12)}`, identity, hardware],
  );
  await sql(
    `insert into "ScannerKey" (id, "organisationId", "regionId", "siteId", "scannerId", "publicKey") values ($1, $2, $3, $4, $5, $6)`,
    [key.keyId, ...place, scannerId, key.publicKeyRaw],
  );
  return scannerClient(port, scannerId, key);
}
