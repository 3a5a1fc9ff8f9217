import type { Test } from "#core/ask/question.ts";
import { compareVersions } from "#core/closure/package-name.ts";

/** Does a value pass a test? `unknown`: there is no value to compare, so it is neither counted as passing nor as failing. */
export type Verdict = "passes" | "fails" | "unknown";

/**
 * Versions compare as Nix compares them (builtins.compareVersions), numbers as numbers. A bare value passes for the value itself,
 * for anything below it at a version's border (`3.0` for `3.0.13`, never for `3.01`), for one of its words (`failed` for
 * `failed (exit-code)`) and, with `*`, for whatever the pattern says.
 */
export function passes(test: Test | null, value: string | number): Verdict {
  if (test === null) return "passes";
  if (value === "") return "unknown";
  if (test.op === "like") return verdict(isLike(test.value, String(value)));
  const order = compare(value, test.value);
  return verdict(ORDERS[test.op](order));
}

const ORDERS = {
  "<": (order: number) => order < 0,
  "<=": (order: number) => order <= 0,
  ">": (order: number) => order > 0,
  ">=": (order: number) => order >= 0,
  "=": (order: number) => order === 0,
  "!=": (order: number) => order !== 0,
} as const;

function verdict(holds: boolean): Verdict {
  return holds ? "passes" : "fails";
}

function compare(value: string | number, wanted: string): number {
  const number = typeof value === "number" ? Number(wanted.replace(",", ".")) : Number.NaN;
  if (!Number.isNaN(number)) return Number(value) - number;
  return compareVersions(String(value), wanted);
}

function isLike(pattern: string, value: string): boolean {
  const wanted = pattern.toLowerCase();
  const seen = value.toLowerCase();
  if (wanted.includes("*")) return matchesGlob(wanted, seen);
  if (seen === wanted) return true;
  if (seen.startsWith(wanted) && /^[^a-z0-9]/.test(seen.slice(wanted.length))) return true;
  return seen.split(/[\s()]+/).includes(wanted);
}

/** `*` stands for anything, everything else for itself; the whole text must match. Linear, because the pattern is typed by anybody. */
export function matchesGlob(pattern: string, text: string): boolean {
  const [head = "", ...parts] = pattern.split("*");
  const tail = parts.pop();
  if (tail === undefined) return text === head;
  if (!text.startsWith(head)) return false;
  let at = head.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - tail.length >= at && text.endsWith(tail);
}
