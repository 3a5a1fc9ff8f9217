/**
 * The port through which metadata and target files come: https, a folder on a stick, the spool of a scanner. A fetcher never throws
 * for what can happen on a network or a disk, and never reads more than it was allowed to.
 */
export type FetchProblem = "absent" | "unreached" | "too-large" | "too-slow";
export type Fetched =
  | { ok: true; bytes: Uint8Array }
  /** `absent` only when the other side says that there is no such file: it ends the search for newer roots (pitfall 5). */
  | { ok: false; problem: FetchProblem; detail: string };

/** `name` is relative to the repository's folder (core/trust/layout.ts). */
export type Fetcher = (name: string, maxBytes: number) => Promise<Fetched>;
