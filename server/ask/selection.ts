import type { AskKind, FactAskKind, Shelf } from "#core/ask/kinds.ts";
import { SHELF_FACTS } from "#core/ask/kinds.ts";
import type { Test } from "#core/ask/question.ts";
import { passes } from "#core/ask/value-test.ts";
import { splitOutput } from "#core/closure/member.ts";
import { narHashToBase16 } from "#core/closure/nar-hash.ts";
import type { Selection } from "#server/ask/store.ts";
import * as store from "#server/ask/store.ts";
import type { Tx } from "#server/database/scoped.ts";

/** One thing that was asked for and found by name. */
export type Named = { kind: AskKind; name: string };

/** Paths that one question may bring together; past this its beginning was too short to mean anything. */
const MOST_PATHS = 2_000;

/** The scanners that have a thing, each under the value they have it with. */
export async function selectionOf(tx: Tx, { kind, name }: Named): Promise<Selection> {
  switch (kind) {
    case "package":
      return { from: "closures", holds: await packageHolds(tx, name) };
    case "path":
      return { from: "closures", holds: byPath(await pathRows(tx, name)) };
    case "hash":
      return { from: "closures", holds: byPath(await hashRows(tx, name)) };
    default:
      return factSelection(kind, name);
  }
}

export function factSelection(shelf: FactAskKind | Shelf, name: string): Selection {
  return { from: "facts", shelf, facts: SHELF_FACTS[shelf], name, values: null };
}

/** Outputs of one package (`openssl-3.0.13-dev`) are one version of it. */
async function packageHolds(tx: Tx, name: string) {
  const rows = await store.closuresWithPackage(tx, name);
  return distinct(rows.map(({ version, digest }) => ({ value: splitOutput(version).version, digest })));
}

type PathRow = { path: string; digest: string };

function byPath(rows: readonly PathRow[]) {
  return distinct(rows.map(({ path, digest }) => ({ value: path, digest })));
}

function distinct(holds: readonly { value: string; digest: string }[]) {
  return [...new Map(holds.map((one) => [`${one.digest} ${one.value}`, one])).values()];
}

/** The store path that a path lies in: `/nix/store/<hash>-<name>/bin/x` is asked for by the path of its package. */
const INSIDE_STORE = /^(?:\/.*\/)?([0-9abcdfghijklmnpqrsvwxyz]{32}-[^/]+)(?:\/.*)?$/;

async function pathRows(tx: Tx, text: string): Promise<PathRow[]> {
  const whole = INSIDE_STORE.exec(text)?.[1];
  if (whole === undefined) return await store.closuresWithPath(tx, lastPart(text), MOST_PATHS);
  const rows = await store.closuresWithPath(tx, whole, MOST_PATHS);
  const exact = rows.filter(({ path }) => lastPart(path) === whole);
  return exact.length > 0 ? exact : rows;
}

function lastPart(path: string): string {
  return path.replace(/\/+$/, "").slice(path.replace(/\/+$/, "").lastIndexOf("/") + 1);
}

/** Of a store path (Nix's base 32), of a content or of a whole closure (base 16); any beginning of it, or a SHA-256 as Nix prints it. */
async function hashRows(tx: Tx, text: string): Promise<PathRow[]> {
  const hash = narHashToBase16(text) ?? text.toLowerCase();
  const rows: PathRow[] = [];
  if (/^[0-9abcdfghijklmnpqrsvwxyz]{4,32}(-.*)?$/.test(hash))
    rows.push(...(await store.closuresWithPath(tx, hash, MOST_PATHS)));
  if (/^[0-9a-f]{4,64}$/.test(hash)) {
    rows.push(...(await store.closuresWithContent(tx, hash, MOST_PATHS)));
    rows.push(...(await store.closuresCalled(tx, hash, MOST_PATHS)));
  }
  return rows;
}

/** Narrowed to values that pass, or to the one value somebody opened; null: none of it passes. */
export function narrowed(
  selection: Selection,
  known: readonly string[],
  to: { test: Test | null; value: string | null },
): Selection {
  if (to.test === null && to.value === null) return selection;
  const values = new Set(
    known.filter((value) => (to.value === null ? passes(to.test, value) === "passes" : value === to.value)),
  );
  if (selection.from === "facts") return { ...selection, values: [...values] };
  if (selection.from === "closures")
    return { ...selection, holds: selection.holds.filter(({ value }) => values.has(value)) };
  return selection;
}
