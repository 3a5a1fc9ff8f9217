#!/usr/bin/env node
/**
 * Stands in for Prisma's native schema engine, which no npm package carries: the same arguments and the same JSON-RPC lines on
 * stdin and stdout, answered by the WebAssembly build of that engine. prisma.config.ts points Prisma here.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { connectionOf, EngineAdapterFactory, quoted, withClient } from "./schema-engine-connection.mjs";

/**
 * @typedef {import("./schema-engine-connection.mjs").Connection} Connection
 * @typedef {{ id: number, method?: string, params: Record<string, unknown> & { datasource?: { url?: string } } }} Call
 * @typedef {Record<string, (params: unknown) => Promise<unknown>>} Engine
 */

const MISSING_DATABASE = "3D000";
/** PostgreSQL's states as the codes Prisma's command line prints. */
const PRISMA_CODES = /** @type {Record<string, string>} */ ({
  [MISSING_DATABASE]: "P1003",
  "28P01": "P1000",
  28000: "P1010",
});
const UNREACHABLE = "P1001";

function readArguments() {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    strict: false,
    options: {
      version: { type: "boolean" },
      datamodels: { type: "string", multiple: true },
      datasource: { type: "string" },
      "enabled-preview-features": { type: "string" },
      "extension-types": { type: "string" },
    },
  });
  const datasource = /** @type {{ url?: string }} */ (JSON.parse(String(values.datasource ?? "{}")));
  const datamodels = /** @type {string[]} */ (values.datamodels ?? []);
  const verb = positionals[0] === "cli" ? positionals[1] : undefined;
  return { version: values.version === true, datamodels, url: datasource.url, verb };
}

/**
 * @param {"INFO" | "ERROR"} level
 * @param {string} message
 * @param {Record<string, unknown>} [extra]
 */
function log(level, message, extra = {}) {
  const entry = {
    timestamp: new Date().toISOString(),
    level,
    fields: { message, ...extra },
    target: "schema_engine::logger",
  };
  process.stderr.write(`${JSON.stringify(entry)}\n`);
}

/** @param {Connection} connection */
async function createDatabase(connection) {
  await withClient({ ...connection, database: "postgres" }, (client) =>
    client.query(`CREATE DATABASE ${quoted(connection.database)}`),
  );
}

/** @param {Connection} connection */
async function dropDatabase(connection) {
  await withClient({ ...connection, database: "postgres" }, (client) =>
    client.query(`DROP DATABASE ${quoted(connection.database)}`),
  );
}

/** @param {unknown} error */
const stateOf = (error) => String(/** @type {{ code?: unknown }} */ (error)?.code ?? "");

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : "") || stateOf(error) || String(error);

/** @type {Record<string, (connection: Connection) => Promise<string>>} */
const VERBS = {
  "can-connect-to-database": async (connection) => {
    await withClient(connection, async () => undefined);
    return "Connection successful";
  },
  "create-database": async (connection) => {
    await createDatabase(connection);
    return `Database '${connection.database}' was successfully created.`;
  },
  "drop-database": async (connection) => {
    await dropDatabase(connection);
    return "The database was successfully dropped.";
  },
};

/**
 * @param {string} verb
 * @param {string | undefined} url
 * @returns {Promise<number>} exit status
 */
async function runVerb(verb, url) {
  try {
    const run = VERBS[verb];
    if (run === undefined || url === undefined) throw new Error(`cannot ${verb} without a database`);
    log("INFO", await run(connectionOf(url)));
    return 0;
  } catch (error) {
    // Prisma drops the first line of stderr before it reads the rest.
    process.stderr.write("\n");
    log("ERROR", messageOf(error), {
      error_code: PRISMA_CODES[stateOf(error)] ?? UNREACHABLE,
      is_panic: false,
    });
    return 1;
  }
}

/**
 * @param {string[]} datamodels paths of schema files
 * @param {string} url
 * @returns {Promise<Engine>}
 */
async function loadEngine(datamodels, url) {
  // The engine reports a panic here, just before it traps; without the registry the reason would be lost.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      /** @param {string} message */
      set_message: (message) => log("ERROR", message, { is_panic: true }),
    },
  });
  const runtime = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const script = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const module = new WebAssembly.Module(readFileSync(script.replace(/\.js$/, ".wasm")));
  const instance = new WebAssembly.Instance(module, {
    "./schema_engine_bg.js": /** @type {WebAssembly.ModuleImports} */ (/** @type {unknown} */ (runtime)),
  });
  // The published declarations leave out these two, which the package's own loader for bundlers calls.
  const { __wbg_set_wasm: setWasm } = /** @type {{ __wbg_set_wasm(exports: WebAssembly.Exports): void }} */ (
    /** @type {unknown} */ (runtime)
  );
  setWasm(instance.exports);
  /** @type {() => void} */ (instance.exports.__wbindgen_start)();
  const files = datamodels.map((path) => [path, readFileSync(path, "utf8")]);
  const options = { datamodels: files.length > 0 ? files : undefined };
  const factory = bindMigrationAwareSqlAdapterFactory(new EngineAdapterFactory(connectionOf(url)));
  const create = /** @type {(options: unknown, log: () => void, factory: unknown) => Promise<unknown>} */ (
    runtime.SchemaEngine.new
  );
  return /** @type {Engine} */ (await create(options, () => undefined, factory));
}

/** @param {Record<string, unknown>} message */
function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}

/**
 * @param {Call["params"]} params
 * @param {string | undefined} url
 */
async function ensureDatabase(params, url) {
  const target = params.datasource?.url ?? url;
  if (target === undefined) throw new Error("no database to create");
  const connection = connectionOf(target);
  try {
    await withClient(connection, async () => undefined);
  } catch (error) {
    if (stateOf(error) !== MISSING_DATABASE) throw error;
    await createDatabase(connection);
  }
  return { databaseName: connection.database };
}

/**
 * @param {Call} call
 * @param {() => Promise<Engine>} engine
 * @param {string | undefined} url
 */
async function answer({ id, method, params }, engine, url) {
  if (method === "createDatabase") return await ensureDatabase(params, url);
  const ready = await engine();
  const run = ready[method === "getDatabaseVersion" ? "version" : (method ?? "")]?.bind(ready);
  if (run === undefined) throw new Error(`the schema engine knows no ${method}`);
  const result = await run(params);
  const printed = /** @type {{ stdout?: string } | null | undefined} */ (result)?.stdout;
  if (method === "diff" && printed)
    send({ id: `print-${id}`, method: "print", params: { content: printed } });
  return result instanceof Map ? Object.fromEntries(result) : (result ?? null);
}

/**
 * @param {string[]} datamodels
 * @param {string | undefined} url
 */
async function serve(datamodels, url) {
  /** @type {Promise<Engine> | undefined} */
  let loading;
  const engine = () => {
    if (url === undefined) throw new Error("Set DATABASE_URL: this command needs a database to work in.");
    loading ??= loadEngine(datamodels, url);
    return loading;
  };
  // One after the other: the engine holds one connection and its calls build on each other.
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    const call = /** @type {Call} */ (JSON.parse(line));
    if (call.method === undefined) continue;
    try {
      send({ id: call.id, result: await answer(call, engine, url) });
    } catch (error) {
      const code = stateOf(error);
      const data = {
        is_panic: false,
        message: messageOf(error),
        meta: null,
        ...(code ? { error_code: code } : {}),
      };
      send({
        id: call.id,
        error: { code: 4466, message: "An error happened. Check the data field for details.", data },
      });
    }
  }
}

const { version, datamodels, url, verb } = readArguments();
if (version) process.stdout.write("schema-engine-cli wasm\n");
else if (verb !== undefined) process.exitCode = await runVerb(verb, url);
else {
  await serve(datamodels, url);
  process.exit(0);
}
