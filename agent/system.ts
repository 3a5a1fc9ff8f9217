import type { Duplex } from "node:stream";

/**
 * The only port through which the agent touches the host: files below a root, sockets, clocks, commands. A test gives a folder
 * as root, later a simulated scanner gives its own; the collectors never know. Failure is a value: what could not be read
 * becomes `unknown` with this problem as its reason, never a default.
 */
export type Problem = "missing" | "denied" | "too-large" | "timeout" | "not-a-program" | "failed";
export type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem; detail: string };

export type FileInfo = {
  kind: "file" | "folder" | "link" | "socket" | "char" | "block" | "other";
  size: number;
  /** Milliseconds since the epoch. */
  modifiedMs: number;
  changedMs: number;
  /** Permission bits (chmod(1)); a simulated host may leave them out. */
  mode?: number;
  /** Number of the group that owns it; a simulated host may leave it out. */
  gid?: number;
};

/** `signal` ends it early, as running out of time would. */
export type RunLimits = { timeoutMs: number; maxBytes: number; signal?: AbortSignal };
export type Ran = { status: number; stdout: string; stderr: string };

export type System = {
  /** Text of a file, refused over `maxBytes` (default 1 MB). `latin1` gives each byte one character. */
  readText(path: string, maxBytes?: number, encoding?: "utf8" | "latin1"): Promise<Outcome<string>>;
  /** Target of a symbolic link as written. */
  readLink(path: string): Promise<Outcome<string>>;
  /** Names in a folder, sorted. */
  list(path: string): Promise<Outcome<string[]>>;
  /** lstat: a link is reported as a link. */
  info(path: string): Promise<Outcome<FileInfo>>;
  /** Path with every link followed, as seen inside the root. */
  resolve(path: string): Promise<Outcome<string>>;
  disk(path: string): Promise<Outcome<{ totalBytes: number; freeBytes: number; freeInodes: number | null }>>;
  /** A stream to a unix socket of the host. */
  connect(path: string): Promise<Outcome<Duplex>>;
  /** Runs a program without a shell; output is cut off with `too-large` over `maxBytes`. Never while scanning (SEE-17). */
  run(program: string, args: readonly string[], limits: RunLimits): Promise<Outcome<Ran>>;
  /** Calls back when something is created, renamed or removed in the folder; returns the way to stop. */
  watch(folder: string, changed: (name: string) => void): Outcome<() => void>;
  /** Wall clock, milliseconds since the epoch: for people. */
  nowMs(): number;
  /** Monotonic clock that does not stop in suspend if the host has one, milliseconds: for ages. */
  monotonicMs(): number;
};
