import { compareBytewise } from "#core/closure/digest.ts";
import type { PathInfo } from "#core/closure/path-info.ts";
import { type ClosurePath, MAX_CLOSURE_PATHS } from "#core/closure/upload.ts";

export type PathListProblem =
  /** A path of the closure refers to one that Nix did not name: the closure is not whole. */
  | { kind: "incomplete"; path: string; missing: string }
  | { kind: "no-toplevel"; path: string }
  | { kind: "twice"; path: string }
  | { kind: "too-many"; count: number };

export type PathList = { ok: true; paths: ClosurePath[] } | { ok: false; problem: PathListProblem };

/**
 * Puts a closure into the form it is uploaded, compared and digested in: bytewise ascending, references as positions.
 * A list that is not a whole closure of `toplevel` is refused; its digest would be that of something else.
 */
export function closurePathList(toplevel: string, infos: readonly PathInfo[]): PathList {
  if (infos.length > MAX_CLOSURE_PATHS)
    return { ok: false, problem: { kind: "too-many", count: infos.length } };
  const sorted = [...infos].sort((a, b) => compareBytewise(a.path, b.path));
  const positions = new Map<string, number>();
  for (const [position, { path }] of sorted.entries()) {
    if (positions.has(path)) return { ok: false, problem: { kind: "twice", path } };
    positions.set(path, position);
  }
  if (!positions.has(toplevel)) return { ok: false, problem: { kind: "no-toplevel", path: toplevel } };
  const paths: ClosurePath[] = [];
  for (const { path, narHash, narSize, references } of sorted) {
    const at: number[] = [];
    for (const reference of references) {
      const position = positions.get(reference);
      if (position === undefined)
        return { ok: false, problem: { kind: "incomplete", path, missing: reference } };
      at.push(position);
    }
    paths.push({ path, narHash, narSize, references: at.sort((a, b) => a - b) });
  }
  return { ok: true, paths };
}
