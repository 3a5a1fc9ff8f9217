/** A text in three parts: what both sides share at the start, what differs, what both share at the end. */
export type Parts = { before: string; changed: string; after: string };

const TOKENS = /[\p{L}]+|\d+|\s+|./gu;

/**
 * Finds the part in which two values differ, at the borders of words and numbers: `6.12.51` and `6.12.54` differ in `51`
 * and `54`, not in their last digit, because nobody reads a third of a number.
 */
export function emphasise(left: string, right: string): { left: Parts; right: Parts } {
  const a = left.match(TOKENS) ?? [];
  const b = right.match(TOKENS) ?? [];
  const shortest = Math.min(a.length, b.length);
  let head = 0;
  while (head < shortest && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return { left: cut(a, head, tail), right: cut(b, head, tail) };
}

function cut(tokens: readonly string[], head: number, tail: number): Parts {
  const end = tokens.length - tail;
  return {
    before: tokens.slice(0, head).join(""),
    changed: tokens.slice(head, end).join(""),
    after: tokens.slice(end).join(""),
  };
}
