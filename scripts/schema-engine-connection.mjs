import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import pg from "pg";

/**
 * @typedef {import("@prisma/driver-adapter-utils").SqlQueryable} SqlQueryable
 * @typedef {import("@prisma/driver-adapter-utils").SqlDriverAdapter} SqlDriverAdapter
 * @typedef {{ host: string, port: number, user: string, password: string | undefined, database: string, connectionTimeoutMillis: number, max: number }} Connection
 * @typedef {{ dataTypeID: number }} Field
 * @typedef {SqlQueryable & { performIO(query: unknown): Promise<{ fields: Field[] } | undefined>, startTransaction?: SqlDriverAdapter["startTransaction"] }} OpenQueryable
 */

const CHAR = 18;
const TEXT = 25;
const NAME_ARRAY = 1003;
const TEXT_ARRAY = 1009;
/** name, int2vector, regproc, oidvector, pg_node_tree, regclass, regtype: read as text. */
const CATALOGUE_TYPES = new Set([19, 22, 24, 28, 30, 194, 2205, 2206]);

/**
 * Parts of a connection string. The unix socket form `postgresql://user@localhost/name?host=<folder>` is understood; the parts are
 * handed on one by one because adapter-pg ignores the database name of a shadow database when it is given a string.
 * @param {string} url
 * @returns {Connection}
 */
export function connectionOf(url) {
  const parsed = new URL(url);
  return {
    host: parsed.searchParams.get("host") ?? decodeURIComponent(parsed.hostname),
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username),
    password: parsed.password === "" ? undefined : decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    connectionTimeoutMillis: 10_000,
    max: 3,
  };
}

/**
 * Runs work on a connection of its own and closes it whatever happens.
 * @template T
 * @param {Connection} connection
 * @param {(client: pg.Client) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withClient(connection, work) {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** @param {string} name */
export const quoted = (name) => `"${name.replaceAll('"', '""')}"`;

/** @param {Field} field */
function readableType(field) {
  if (field.dataTypeID === CHAR || CATALOGUE_TYPES.has(field.dataTypeID)) return TEXT;
  return field.dataTypeID === NAME_ARRAY ? TEXT_ARRAY : field.dataTypeID;
}

/**
 * adapter-pg refuses a few catalogue types that the engine reads when it describes a database ("char", name[], int2vector …):
 * they are announced as text, and "char" as a character again to the engine.
 * @template {SqlQueryable} T
 * @param {T} adapter
 * @returns {T}
 */
function readingCatalogue(adapter) {
  const open = /** @type {OpenQueryable} */ (/** @type {unknown} */ (adapter));
  /** @type {boolean[]} */
  let characters = [];
  const performIO = open.performIO.bind(open);
  open.performIO = async (query) => {
    const result = await performIO(query);
    if (result?.fields === undefined) return result;
    characters = result.fields.map((field) => field.dataTypeID === CHAR);
    result.fields = result.fields.map((field) =>
      Object.assign(Object.create(field), { dataTypeID: readableType(field) }),
    );
    return result;
  };
  const queryRaw = open.queryRaw.bind(open);
  open.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const columnTypes = result.columnTypes.map((type, index) =>
      characters[index] === true ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes };
  };
  const startTransaction = open.startTransaction?.bind(open);
  if (startTransaction !== undefined) {
    open.startTransaction = async (level) => readingCatalogue(await startTransaction(level));
  }
  return adapter;
}

/**
 * adapter-pg cuts a script at every semicolon, also inside comments and function bodies. PostgreSQL takes the whole text as one
 * query, which also makes it one transaction.
 * @template {SqlDriverAdapter & { underlyingDriver(): pg.Pool }} T
 * @param {T} adapter
 * @returns {T}
 */
function runningWholeScripts(adapter) {
  adapter.executeScript = async (script) => {
    try {
      await adapter.underlyingDriver().query(script);
    } catch (error) {
      // Puts PostgreSQL's words into the form the engine prints.
      /** @type {{ onError(error: unknown): never }} */ (/** @type {unknown} */ (adapter)).onError(error);
    }
  };
  return readingCatalogue(adapter);
}

/** The adapter factory the engine works through, with the defects of adapter-pg 7.10.0 worked around. */
export class EngineAdapterFactory extends PrismaPg {
  /** @type {Connection} */
  #connection;

  /** @param {Connection} connection */
  constructor(connection) {
    super(connection);
    this.#connection = connection;
  }

  /** @override */
  async connect() {
    return runningWholeScripts(await super.connect());
  }

  /**
   * A throw-away database; it is dropped after its pool is closed (adapter-pg drops it while the pool is open, which fails).
   * @override
   */
  async connectToShadowDb() {
    const database = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    const connection = this.#connection;
    await withClient(connection, (client) => client.query(`CREATE DATABASE ${quoted(database)}`));
    const shadow = await new PrismaPg({ ...connection, database }).connect();
    const dispose = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await dispose();
      await withClient(connection, (client) =>
        client.query(`DROP DATABASE IF EXISTS ${quoted(database)} WITH (FORCE)`),
      );
    };
    return runningWholeScripts(shadow);
  }
}
