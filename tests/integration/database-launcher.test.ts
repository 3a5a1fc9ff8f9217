import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { socketFolder } from "#server/database/postgres-folder.ts";
import { findPostgres } from "#server/database/postgres-programs.ts";
import { type PostgresServer, startPostgres } from "#server/database/postgres-server.ts";
import { isAlive, postmasterPid } from "#server/database/postmaster.ts";
import { startDatabase } from "#server/database/start.ts";
import { createLog } from "#server/log.ts";
import { withClient } from "./database.ts";

const NPM = { source: "npm", searchPath: "" } as const;
const silent = createLog("error", () => undefined);

let folder: string;
let started: PostgresServer[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fid-launch-"));
  started = [];
});

afterEach(async () => {
  for (const server of started) await server.stop();
  // A start that failed half way is not in the list.
  for (const name of readdirSync(folder).filter((one) => /^pg\d+$/.test(one))) {
    const left = postmasterPid(join(folder, name));
    if (left !== null) process.kill(left, "SIGQUIT");
  }
  rmSync(folder, { recursive: true, force: true });
});

async function start(where = folder): Promise<PostgresServer> {
  const server = await startPostgres(where, NPM);
  started.push(server);
  return server;
}

const dataFolder = () => join(folder, readdirSync(folder).find((name) => /^pg\d+$/.test(name))!);
const query = (server: PostgresServer, sql: string) =>
  withClient(server.url("fid_owner"), async (client) => (await client.query(sql)).rows);

describe("the database in the data folder", () => {
  test("starts from nothing, listens on a socket that is ours alone, and stops without a trace", async () => {
    const server = await start();
    expect(server.reused).toBe(false);
    expect(await query(server, "show listen_addresses")).toEqual([{ listen_addresses: "" }]);
    expect(await query(server, "show synchronous_commit")).toEqual([{ synchronous_commit: "on" }]);
    expect(statSync(`${dataFolder()}-socket`).mode & 0o777).toBe(0o700);
    await server.stop();
    // Ended is what its stop waits for; the machine's first process takes the number back in its own time.
    expect(postmasterPid(dataFolder())).toBeNull();
    await expect.poll(() => isAlive(server.pid), { timeout: 30_000 }).toBe(false);
    expect(existsSync(join(dataFolder(), "postmaster.pid"))).toBe(false);
  });

  test("is found again, not started twice, also through a link", async () => {
    const first = await start();
    const link = join(folder, "link");
    symlinkSync(folder, link);
    const again = await start(link);
    expect(again).toMatchObject({ reused: true, pid: first.pid });
  });

  test("two starts at the same moment share one server", async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(one?.pid).toBe(other?.pid);
  });

  test("outlives a killed parent with what it acknowledged, and the next start takes it over", async () => {
    // Inside the project, so that it finds the packages.
    const script = join(process.cwd(), ".cache", "launcher-test", `parent-${process.pid}.mjs`);
    await build({
      stdin: {
        contents: `import { startPostgres } from "#server/database/postgres-server.ts";
          import pg from "pg";
          const server = await startPostgres(${JSON.stringify(folder)}, { source: "npm", searchPath: "" });
          const client = new pg.Client({ connectionString: server.url("fid_owner") });
          await client.connect();
          await client.query("create table kept as select 42 as value");
          console.log("ready");
          setInterval(() => undefined, 1000);`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      outfile: script,
    });
    const parent = spawn(process.execPath, [script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => parent.stdout.once("data", resolve));
    const pid = postmasterPid(dataFolder());
    parent.kill("SIGKILL");
    await new Promise((resolve) => parent.once("exit", resolve));
    const server = await start();
    expect(server).toMatchObject({ reused: true, pid });
    expect(await query(server, "select value from kept")).toEqual([{ value: 42 }]);
    rmSync(script);
  });

  test("recovers when it was killed itself, keeping what it acknowledged", async () => {
    const first = await start();
    await query(first, "create table kept as select 42 as value");
    process.kill(first.pid, "SIGKILL");
    await expect.poll(() => isAlive(first.pid), { timeout: 30_000 }).toBe(false);
    const server = await start();
    expect(server.reused).toBe(false);
    expect(await query(server, "select value from kept")).toEqual([{ value: 42 }]);
  });

  test.each([
    ["its data", () => join(dataFolder(), "postmaster.pid")],
    ["its socket", () => join(`${dataFolder()}-socket`, ".s.PGSQL.5432.lock")],
  ])(
    "starts although the process id it left behind for %s belongs to another program now",
    async (_what, file) => {
      const first = await start();
      await first.stop();
      // Not one of PostgreSQL's own parents: those it passes over by itself.
      const stranger = spawn(process.execPath, ["-e", "setTimeout(() => undefined, 60000)"], {
        stdio: "ignore",
      });
      writeFileSync(file(), `${stranger.pid}\n${dataFolder()}\n1\n5432\n`);
      const server = await start();
      stranger.kill("SIGKILL");
      expect(server.pid).not.toBe(stranger.pid);
      expect(await query(server, "select 1 as one")).toEqual([{ one: 1 }]);
    },
  );

  test("a first start that was cut off is begun again", async () => {
    mkdirSync(join(folder, "pg18.new-1"));
    mkdirSync(join(folder, "pg18.new-2", "base"), { recursive: true });
    const server = await start();
    expect(await query(server, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("one that does not come up says why, in PostgreSQL's own words", async () => {
    await (await start()).stop();
    writeFileSync(join(dataFolder(), "postgresql.conf"), "shared_buffers = many\n");
    await expect(start()).rejects.toMatchObject({
      code: "postgres-failed",
      message: expect.stringMatching(/^PostgreSQL did not start: .*shared_buffers/s),
    });
  });

  test("a folder that another major version made asks for that version", async () => {
    mkdirSync(join(folder, "pg9"));
    writeFileSync(join(folder, "pg9", "PG_VERSION"), "9\n");
    await expect(start()).rejects.toMatchObject({
      code: "no-postgres",
      message: expect.stringContaining("was made by PostgreSQL 9, which is not on this machine"),
    });
  });

  test("a checkout too deep for a socket's path gets its socket below the temporary folder", () => {
    const deep = join(folder, "d".repeat(100), "pg18");
    const socket = socketFolder(deep);
    expect(socket.startsWith(tmpdir())).toBe(true);
    expect(Buffer.byteLength(join(socket, ".s.PGSQL.5432"))).toBeLessThan(104);
    expect(statSync(socket).mode & 0o777).toBe(0o700);
    expect(socketFolder(deep)).toBe(socket);
    rmSync(socket, { recursive: true });
  });

  test("is left running while another process of ours works on it", async () => {
    const server = await start();
    const sleeper = spawn(process.execPath, ["-e", "setTimeout(() => undefined, 60000)"], {
      stdio: "ignore",
    });
    const url = `${server.url("fid_owner")}&application_name=fiducial-${sleeper.pid}`;
    await withClient(url, async (client) => {
      await client.query("select 1");
      await server.stop();
      expect(isAlive(server.pid)).toBe(true);
    });
    sleeper.kill("SIGKILL");
  });
});

describe("which PostgreSQL", () => {
  test("the machine's own comes before npm's, and npm alone can be asked for", () => {
    const path = process.env.PATH ?? "";
    const npm = findPostgres(NPM, null);
    expect(npm.origin).toBe("npm");
    const hasOwn = spawnSync("postgres", ["--version"]).status === 0;
    expect(findPostgres({ source: "any", searchPath: path }, null).origin).toBe(hasOwn ? "path" : "npm");
    expect(findPostgres({ source: "any", searchPath: path }, npm.major).major).toBe(npm.major);
  });

  test("one older than 15 is passed over", () => {
    const old = join(folder, "bin");
    mkdirSync(old);
    for (const name of ["postgres", "initdb"])
      writeFileSync(join(old, name), "#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n", { mode: 0o755 });
    expect(findPostgres({ source: "any", searchPath: old }, null).major).toBeGreaterThanOrEqual(15);
  });
});

describe("DATABASE_URL", () => {
  test("with a password: fid_app gets one derived from the owner's, and is bound by row-level security", async () => {
    const server = await start();
    await query(server, "alter role fid_owner password 'owner''s secret'");
    writeFileSync(join(dataFolder(), "pg_hba.conf"), "local all all scram-sha-256\n");
    await query(server, "select pg_reload_conf()");
    const databaseUrl = server
      .url("fid_owner")
      .replace("fid_owner@", `fid_owner:${encodeURIComponent("owner's secret")}@`);
    const settings = { dataFolder: folder, databaseUrl, appDatabaseUrl: null, postgres: NPM };
    for (const _server of ["first", "second"]) {
      const database = await startDatabase(settings, silent);
      const rows = await withClient(
        database.appUrl,
        async (c) => (await c.query("select current_user::text as name")).rows,
      );
      expect(rows).toEqual([{ name: "fid_app" }]);
      expect(database.appUrl).not.toContain("secret");
    }
    const asOwner = { ...settings, appDatabaseUrl: databaseUrl };
    await expect(startDatabase(asOwner, silent)).rejects.toMatchObject({ code: "database-rights" });
    writeFileSync(join(dataFolder(), "pg_hba.conf"), "local all all trust\n");
    await withClient(databaseUrl, (client) => client.query("select pg_reload_conf()"));
  });

  test("that nobody answers is one sentence", async () => {
    const databaseUrl = "postgresql://owner@127.0.0.1:1/fiducial";
    const settings = { dataFolder: folder, databaseUrl, appDatabaseUrl: null, postgres: NPM };
    await expect(startDatabase(settings, silent)).rejects.toMatchObject({
      code: "database-away",
      message: expect.stringMatching(
        /^The database named by DATABASE_URL cannot be reached: .*ECONNREFUSED.*\.$/,
      ),
    });
  });

  test("a data folder that cannot be written to is one sentence", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const settings = {
      dataFolder: join(file, "data"),
      databaseUrl: null,
      appDatabaseUrl: null,
      postgres: NPM,
    };
    await expect(startDatabase(settings, silent)).rejects.toMatchObject({ code: "data-folder" });
  });
});
