import { posix } from "node:path";

/** Something in a simulated file system. Times are milliseconds since the epoch; the store's own are 1, as Nix makes them. */
export type Entry =
  | { kind: "file"; text: string | (() => string); mtimeMs: number; stamp?: string }
  | { kind: "link"; target: string; mtimeMs: number }
  | { kind: "folder"; mtimeMs: number }
  | { kind: "socket"; mtimeMs: number }
  | { kind: "char" | "block"; mode: number; gid: number; mtimeMs: number }
  /** There, and nobody but root may read it. */
  | { kind: "denied"; mtimeMs: number };

export const STORE_TIME_MS = 1_000;

/** Linux follows at most this many links in one path (path_resolution(7)). */
const MAX_LINKS = 40;

/** Part of a file system by canonical path. Folders appear with what is in them. Layers that many hosts share are built once. */
export class Layer {
  readonly #entries = new Map<string, Entry>();
  readonly #children = new Map<string, string[]>();

  set(path: string, entry: Entry): this {
    if (!this.#entries.has(path)) this.#enlist(path);
    this.#entries.set(path, entry);
    return this;
  }

  file(path: string, text: string | (() => string), mtimeMs = STORE_TIME_MS): this {
    return this.set(path, { kind: "file", text, mtimeMs });
  }

  link(path: string, target: string, mtimeMs = STORE_TIME_MS): this {
    return this.set(path, { kind: "link", target, mtimeMs });
  }

  folder(path: string, mtimeMs = STORE_TIME_MS): this {
    return this.set(path, { kind: "folder", mtimeMs });
  }

  get(path: string): Entry | undefined {
    return this.#entries.get(path);
  }

  children(folder: string): readonly string[] | undefined {
    return this.#children.get(folder);
  }

  #enlist(path: string): void {
    const cut = path.lastIndexOf("/");
    const folder = path.slice(0, cut);
    const siblings = this.#children.get(folder);
    const name = path.slice(cut + 1);
    if (siblings !== undefined) siblings.push(name);
    else {
      this.#children.set(folder, [name]);
      if (folder !== "" && !this.#entries.has(folder)) this.folder(folder);
    }
  }
}

export type Found = { path: string; entry: Entry };
export type Missing = { path: null; problem: "missing" | "failed" };

/** A file system made of layers; an earlier layer hides a later one. Paths are absolute. */
export class FileTree {
  readonly #layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  /** The entry at a canonical path, links not followed. */
  at(path: string): Entry | undefined {
    for (const layer of this.#layers) {
      const entry = layer.get(path);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  /** Names in a folder at a canonical path, sorted. */
  names(folder: string): string[] {
    const found = new Set<string>();
    for (const layer of this.#layers) for (const name of layer.children(folder) ?? []) found.add(name);
    return [...found].sort();
  }

  /** Follows links as the kernel does; the last one only if asked to. */
  find(path: string, followLast: boolean): Found | Missing {
    const direct = this.at(path);
    if (direct !== undefined && (direct.kind !== "link" || !followLast)) return { path, entry: direct };
    return this.#walk(path, followLast);
  }

  #walk(path: string, followLast: boolean): Found | Missing {
    let pending = posix.normalize(path).split("/").filter(Boolean);
    let at = "";
    let links = 0;
    while (pending.length > 0) {
      const next = `${at}/${pending[0]}`;
      const rest = pending.slice(1);
      const entry = this.at(next);
      if (entry === undefined) return { path: null, problem: "missing" };
      if (entry.kind !== "link" || (rest.length === 0 && !followLast)) {
        at = next;
        pending = rest;
        continue;
      }
      links += 1;
      if (links > MAX_LINKS) return { path: null, problem: "failed" };
      const target = posix.resolve(at === "" ? "/" : at, entry.target);
      at = "";
      pending = [...target.split("/").filter(Boolean), ...rest];
    }
    const entry = at === "" ? ({ kind: "folder", mtimeMs: STORE_TIME_MS } as const) : this.at(at);
    return entry === undefined ? { path: null, problem: "missing" } : { path: at || "/", entry };
  }
}

/** What makes a name in a watched folder look changed: another kind, target, content or time. */
export function lookOf(entry: Entry): string {
  switch (entry.kind) {
    case "file":
      return `file ${entry.mtimeMs} ${entry.stamp ?? (typeof entry.text === "string" ? entry.text : "")}`;
    case "link":
      return `link ${entry.mtimeMs} ${entry.target}`;
    default:
      return `${entry.kind} ${entry.mtimeMs}`;
  }
}
