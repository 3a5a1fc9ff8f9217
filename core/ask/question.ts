import { type AskKind, askKindOf } from "#core/ask/kinds.ts";

/**
 * The grammar of a question, small enough to stand on the page:
 *
 *     question = [kind ":"] name [test]
 *     test     = ("<" | "<=" | ">" | ">=" | "=" | "!=") value | value
 *
 * `*` in a name or in a bare value stands for anything. Every text is a question: what is no kind is part of the name.
 */
export const OPERATORS = ["<=", ">=", "!=", "<", ">", "="] as const;
export type Operator = (typeof OPERATORS)[number];

/** `like`: a value without operator; see core/ask/value-test.ts for what it matches. */
export type Test = { op: Operator | "like"; value: string };

export type Question = {
  /** Null: any kind. */
  kind: AskKind | null;
  name: string;
  test: Test | null;
};

export const MAX_QUESTION = 300;

/** Null: nothing was asked. */
export function parseQuestion(text: string): Question | null {
  const words = text.slice(0, MAX_QUESTION).trim().replace(/\s+/g, " ");
  if (words === "") return null;
  const { kind, rest } = splitKind(words);
  if (rest === "") return { kind, name: "*", test: null };
  if (kind === "path" || kind === "hash") return { kind, name: rest, test: null };
  const { name, tail } = splitName(rest);
  return { kind: kind ?? evidentKind(rest), name, test: tail === "" ? null : readTest(tail) };
}

function splitKind(words: string): { kind: AskKind | null; rest: string } {
  const colon = words.indexOf(":");
  const kind = colon < 0 ? null : askKindOf(words.slice(0, colon).trim());
  return kind === null ? { kind, rest: words } : { kind, rest: words.slice(colon + 1).trim() };
}

/** A name ends at a space or at a comparison that is written without one (`openssl<3.0.13`); `=` and `!` are part of store names. */
function splitName(rest: string): { name: string; tail: string } {
  const end = rest.search(/[ <>]/);
  if (end > 0) return { name: rest.slice(0, end), tail: rest.slice(end).trim() };
  return { name: rest, tail: "" };
}

function readTest(tail: string): Test | null {
  const op = OPERATORS.find((one) => tail.startsWith(one));
  if (op === undefined) return { op: "like", value: tail };
  const value = tail.slice(op.length).trim();
  return value === "" ? null : { op, value };
}

const NIX32_HASH = /^[0-9abcdfghijklmnpqrsvwxyz]{32}(-[A-Za-z0-9+._?=-]*)?$/;
const SHA256 = /^(sha256[:-][A-Za-z0-9+/]{43,64}=?|[0-9a-f]{64})$/i;

/** What can only be a path or a hash needs no kind before it. */
function evidentKind(words: string): AskKind | null {
  if (/^\/[^ ]+\/[0-9a-z]{6,}[^ ]*$/.test(words) && !words.startsWith("/dev/")) return "path";
  if (NIX32_HASH.test(words) || SHA256.test(words)) return "hash";
  return null;
}

/** The question as one would type it; parsing it again gives the same question. */
export function questionText({ kind, name, test }: Question): string {
  const head = kind === null ? name : `${kind}:${name}`;
  if (test === null) return head;
  return test.op === "like" ? `${head} ${test.value}` : `${head} ${test.op} ${test.value}`;
}
