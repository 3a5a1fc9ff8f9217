export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFields = Readonly<Record<string, unknown>>;

/** `event` is a fixed name (`report.refused`), what varies goes into the fields. */
export type Log = Record<LogLevel, (event: string, fields?: LogFields) => void>;

/** Longer texts are cut: a log that a client can fill is a way to stop the server. */
const MAX_TEXT = 8 * 1024;
const MAX_DEPTH = 6;
const MAX_ENTRIES = 100;

/** What JSON leaves as it is and a terminal or a log viewer obeys: DEL, C1 controls (0x9b opens an ANSI sequence), line and paragraph separators, bidirectional overrides. */
const UNSAFE = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * One event is one line of JSON whatever its values hold: newlines and escapes are encoded, long texts cut, cycles and
 * unprintable types replaced.
 */
export function createLog(level: LogLevel, write: (line: string) => void = toStandardError): Log {
  const lowest = LOG_LEVELS.indexOf(level);
  const at =
    (one: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(one) >= lowest) write(line(one, event, fields));
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}

function line(level: LogLevel, event: string, fields: LogFields): string {
  // The fixed fields come last, so that no caller's field can pass for them.
  const entry = { ...plainFields(fields, 0), at: new Date().toISOString(), level, event: plain(event, 0) };
  return JSON.stringify(entry).replace(
    UNSAFE,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value === "string")
    return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}… (${value.length} characters)` : value;
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "bigint" || typeof value === "symbol") return value.toString();
  if (typeof value === "function") return "(function)";
  if (value === undefined) return undefined;
  if (depth >= MAX_DEPTH) return "(too deep)";
  if (value instanceof Error) return plainFields(errorFields(value), depth + 1);
  if (value instanceof Uint8Array) return `(${value.byteLength} bytes)`;
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((one) => plain(one, depth + 1));
  return plainFields(value as LogFields, depth + 1);
}

function plainFields(fields: LogFields, depth: number): Record<string, unknown> {
  const entries = Object.entries(fields).slice(0, MAX_ENTRIES);
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(0, 200), plain(value, depth)]));
}

function errorFields(error: Error): LogFields {
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(code === undefined ? {} : { code }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  };
}
