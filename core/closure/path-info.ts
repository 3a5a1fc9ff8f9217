import * as z from "zod";
import { narHashToBase16 } from "#core/closure/nar-hash.ts";
import { type StorePath, storePathSchema } from "#core/closure/store-path.ts";

/** One path as the Nix database knows it: what it was when it was registered, not what is on disk now. */
export type PathInfo = { path: StorePath; narHash: string; narSize: number; references: StorePath[] };

type PathInfoProblem =
  /** The path is not registered in the Nix database (`valid: false`, or null). */
  | { kind: "not-valid"; path: string }
  /** The answer is no shape that any Nix has printed, or a value in it is not what it should be. */
  | { kind: "malformed"; path: string | null; what: string };

export type ParsedPathInfo = { ok: true; paths: PathInfo[] } | { ok: false; problem: PathInfoProblem };

const entrySchema = z.object({
  narHash: z.string(),
  narSize: z.int().nonnegative(),
  references: z.array(z.string()),
});
const listSchema = z.array(z.looseObject({ path: z.string(), valid: z.boolean().optional() }));
/** `--json-format` 2 and 3: base names below a store directory that is said once. */
const wrappedSchema = z.object({
  version: z.int(),
  storeDir: z.string(),
  info: z.record(z.string(), z.unknown()),
});
const mapSchema = z.record(z.string(), z.unknown());

type Raw = { storeDir: string | null; entries: (readonly [name: string, info: unknown])[] };

/**
 * Reads what `nix path-info --json` prints, by its shape and not by a version (L34): a list of objects (Nix to 2.18, all of Lix),
 * a map from path to object or null (2.19 to 2.32, `--json-format 1`), and `{version, storeDir, info}` with base names
 * (`--json-format` 2, and 3 whose signatures are objects). Every hash comes back base16, every path in full.
 */
export function parsePathInfo(json: unknown): ParsedPathInfo {
  const raw = shapeOf(json);
  if (raw === null) return malformed(null, "is neither a list nor a map of paths");
  const paths: PathInfo[] = [];
  for (const [name, info] of raw.entries) {
    const parsed = parseEntry(name, info, raw.storeDir);
    if (!parsed.ok) return parsed;
    paths.push(parsed.path);
  }
  return { ok: true, paths };
}

function shapeOf(json: unknown): Raw | null {
  const list = listSchema.safeParse(json);
  if (list.success)
    return { storeDir: null, entries: list.data.map((one) => [one.path, one.valid === false ? null : one]) };
  const wrapped = wrappedSchema.safeParse(json);
  if (wrapped.success) return { storeDir: wrapped.data.storeDir, entries: Object.entries(wrapped.data.info) };
  const map = mapSchema.safeParse(json);
  return map.success ? { storeDir: null, entries: Object.entries(map.data) } : null;
}

type ParsedEntry = { ok: true; path: PathInfo } | { ok: false; problem: PathInfoProblem };

function parseEntry(name: string, info: unknown, storeDir: string | null): ParsedEntry {
  const path = fullPath(name, storeDir);
  if (path === null) return malformed(name, "is not a store path");
  if (info === null) return { ok: false, problem: { kind: "not-valid", path } };
  const entry = entrySchema.safeParse(info);
  if (!entry.success) return malformed(path, `${entry.error.issues[0]?.path.join(".")} is missing or wrong`);
  const narHash = narHashToBase16(entry.data.narHash);
  if (narHash === null) return malformed(path, "narHash is no SHA-256 hash");
  const references: StorePath[] = [];
  for (const name of entry.data.references) {
    const reference = fullPath(name, storeDir);
    if (reference === null) return malformed(path, "references something that is no store path");
    references.push(reference);
  }
  return { ok: true, path: { path, narHash, narSize: entry.data.narSize, references } };
}

function fullPath(name: string, storeDir: string | null): StorePath | null {
  const full = name.startsWith("/") || storeDir === null ? name : `${storeDir}/${name}`;
  const parsed = storePathSchema.safeParse(full);
  return parsed.success ? parsed.data : null;
}

function malformed(path: string | null, what: string): { ok: false; problem: PathInfoProblem } {
  return { ok: false, problem: { kind: "malformed", path, what } };
}
