/** A store name split as Nix's `builtins.parseDrvName` does; `version` is "" when there is none. */
export type PackageName = { name: string; version: string };

/** The name runs to the first dash that is followed by something other than a letter (src/libstore/names.cc). */
export function parsePackageName(storeName: string): PackageName {
  const dash = /-(?=[^A-Za-z])/.exec(storeName);
  if (dash === null) return { name: storeName, version: "" };
  return { name: storeName.slice(0, dash.index), version: storeName.slice(dash.index + 1) };
}

/** Nix reads a component as a number only if it fits a C `int`; a longer one compares as text. */
const INT_MAX = 2_147_483_647;
const COMPONENT = /[0-9]+|[^0-9.-]+/g;

/** Orders versions as `builtins.compareVersions` does: -1, 0 or 1. Different spellings may be equal ("1.0" and "1-0"). */
export function compareVersions(a: string, b: string): -1 | 0 | 1 {
  const left = a.match(COMPONENT) ?? [];
  const right = b.match(COMPONENT) ?? [];
  for (let position = 0; position < Math.max(left.length, right.length); position += 1) {
    const one = left[position] ?? "";
    const other = right[position] ?? "";
    if (isLess(one, other)) return -1;
    if (isLess(other, one)) return 1;
  }
  return 0;
}

/** "" stands for a component that is not there: 2.3 < 2.3.1, but 2.3pre1 < 2.3. */
function isLess(a: string, b: string): boolean {
  const left = asInt(a);
  const right = asInt(b);
  if (left !== null && right !== null) return left < right;
  if (a === "" && right !== null) return true;
  if (a === "pre" && b !== "pre") return true;
  if (b === "pre") return false;
  if (right !== null) return true;
  if (left !== null) return false;
  return a < b;
}

function asInt(component: string): number | null {
  if (!/^[0-9]+$/.test(component)) return null;
  const value = Number(component);
  return value <= INT_MAX ? value : null;
}
