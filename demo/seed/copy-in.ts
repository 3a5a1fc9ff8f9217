import pg from "pg";

export type Cell =
  | string
  | number
  | boolean
  | bigint
  | null
  | Date
  | Uint8Array
  | Json
  | readonly (string | number)[];
/** A value for a json or jsonb column; `text`: already JSON. */
type Json = { json: unknown } | { text: string };

/** Rows of one table in COPY's text format. */
export type Lines = { columns: string[]; text: Uint8Array };

/** The rows of one table on their way into it; `end` resolves when the table has them. */
export type Copying = {
  lines: (text: Uint8Array) => Promise<void>;
  end: () => Promise<void>;
};

/** What pg calls while a COPY is under way (node-postgres: anything with `submit` may be a query). */
type Wire = pg.Connection & {
  query: (text: string) => void;
  sendCopyFromChunk: (chunk: Buffer) => void;
  endCopyFrom: () => void;
};

/** COPY … FROM STDIN: one statement for any number of rows, several times as fast as INSERT. */
export function copyInto(client: pg.Client, table: string, columns: readonly string[]): Copying {
  const copy = new CopyIn(
    `copy ${table} (${columns.map((name) => pg.escapeIdentifier(name)).join(", ")}) from stdin`,
  );
  client.query(copy);
  return {
    lines: (text) => copy.write(text),
    end: () => copy.end(),
  };
}

class CopyIn implements pg.Submittable {
  readonly #text: string;
  #wire: Wire | null = null;
  #failed: Error | null = null;
  readonly #opened = deferred<Wire>();
  readonly #done = deferred<void>();

  constructor(text: string) {
    this.#text = text;
    // Whoever writes or ends hears of a failure; before that nobody has to.
    this.#opened.promise.catch(() => undefined);
    this.#done.promise.catch(() => undefined);
  }

  submit(connection: pg.Connection): void {
    this.#wire = connection as Wire;
    this.#wire.query(this.#text);
  }

  async write(text: Uint8Array): Promise<void> {
    if (text.length === 0) return;
    const wire = await this.#opened.promise;
    if (this.#failed !== null) throw this.#failed;
    wire.sendCopyFromChunk(Buffer.from(text.buffer, text.byteOffset, text.byteLength));
    if (wire.stream.writableNeedDrain)
      await new Promise<void>((resolve) => wire.stream.once("drain", resolve));
  }

  async end(): Promise<void> {
    const wire = await this.#opened.promise;
    if (this.#failed === null) wire.endCopyFrom();
    await this.#done.promise;
  }

  handleCopyInResponse(): void {
    if (this.#wire !== null) this.#opened.resolve(this.#wire);
  }

  handleCommandComplete(): void {
    // The server has them; ReadyForQuery follows.
  }

  handleReadyForQuery(): void {
    if (this.#failed === null) this.#done.resolve();
    else this.#done.reject(this.#failed);
  }

  handleError(error: Error): void {
    this.#failed = error;
    this.#opened.reject(error);
    this.#done.reject(error);
  }
}

type Deferred<T> = { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void };

function deferred<T>(): Deferred<T> {
  const made: Partial<Deferred<T>> = {};
  const promise = new Promise<T>((resolve, reject) => Object.assign(made, { resolve, reject }));
  return { ...made, promise } as Deferred<T>;
}

/** COPY's text format (PostgreSQL, "COPY", File Formats). The bytes are nobody else's, so that a thread may give them away. */
export function linesOf(columns: string[], rows: readonly (readonly Cell[])[]): Lines {
  return { columns, text: new TextEncoder().encode(rows.map(line).join("")) };
}

function line(row: readonly Cell[]): string {
  return `${row.map(cell).join("\t")}\n`;
}

function cell(value: Cell): string {
  if (value === null) return "\\N";
  if (typeof value === "string") return escaped(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\\\x${Buffer.from(value).toString("hex")}`;
  if ("text" in value) return escaped(value.text);
  if ("json" in value) return escaped(JSON.stringify(value.json));
  return escaped(`{${value.map((one) => (typeof one === "number" ? one : JSON.stringify(one))).join(",")}}`);
}

const SPECIAL = /[\\\t\n\r]/;
const SPECIALS = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(SPECIALS, (one) => ESCAPES[one] ?? one) : text;
}
