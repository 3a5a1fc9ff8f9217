import type { Endpoint } from "#core/protocol/envelope.ts";
import { Refused } from "#server/agent-api/checks.ts";

const MAX_DEPTH = 24;

/** Keys and list entries together; an honest full report has about 6,000, a closure of 20,000 paths about 400,000. */
const MAX_PARTS = {
  enroll: 64,
  heartbeat: 64,
  report: 40_000,
  closure: 1_000_000,
} as const satisfies Record<Endpoint, number>;

const PROTOTYPE_KEYS = new Set(["__proto__", "constructor", "prototype"]);
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Verified bytes to JSON. Depth and parts are counted on the text first, so that no parser or schema recurses into a bomb. */
export function parseBoundedJson(body: Uint8Array, endpoint: Endpoint): unknown {
  let text: string;
  try {
    text = strictUtf8.decode(body);
  } catch (error) {
    throw new Refused("json", "not UTF-8", error);
  }
  const problem = complexityProblem(text, MAX_PARTS[endpoint]);
  if (problem !== null) throw new Refused("complexity", problem);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Refused("json", "not JSON", error);
  }
  const content = SUSPICIOUS.test(text) ? contentProblem(json) : null;
  if (content !== null) throw new Refused("complexity", content);
  return json;
}

const QUOTE = 34;
const BACKSLASH = 92;
const [OPEN_LIST, OPEN_OBJECT] = [91, 123];
const [CLOSE_LIST, CLOSE_OBJECT] = [93, 125];
const COMMA = 44;

function complexityProblem(text: string, maxParts: number): string | null {
  let depth = 0;
  let parts = 1;
  let index = 0;
  while (index < text.length) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) index = endOfString(text, index);
    else if (unit === OPEN_LIST || unit === OPEN_OBJECT) depth += 1;
    else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) depth -= 1;
    else if (unit === COMMA) parts += 1;
    if (depth > MAX_DEPTH) return "nested too deeply";
    if (parts > maxParts) return "too many keys";
    index += 1;
  }
  return null;
}

/** Index of the closing quote, or of the text's end where it is missing (JSON.parse refuses that afterwards). */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) return index;
    index += unit === BACKSLASH ? 2 : 1;
  }
  return index;
}

/**
 * Without one of these a text holds nothing that the walk below looks for: UTF-8 that was decoded strictly has no half of a character,
 * JSON has no bare NUL, and a key is spelt as it is unless it is escaped.
 */
const SUSPICIOUS = /\\u|__proto__|constructor|prototype/;

/** What PostgreSQL's jsonb cannot hold: NUL, and half of a surrogate pair (the `u` flag sees whole pairs as one). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is the character looked for.
const UNSTORABLE = /\u0000|\p{Surrogate}/u;

/**
 * Text that no database holds would be our failure instead of the sender's. `__proto__` becomes an own key under JSON.parse and a
 * prototype under a careless copy; no message of ours has such keys (Z-03).
 */
function contentProblem(value: unknown): string | null {
  if (typeof value === "string") return UNSTORABLE.test(value) ? "text with NUL or half a character" : null;
  if (typeof value !== "object" || value === null) return null;
  for (const [key, one] of Object.entries(value)) {
    if (PROTOTYPE_KEYS.has(key)) return "reserved key";
    const problem = contentProblem(key) ?? contentProblem(one);
    if (problem !== null) return problem;
  }
  return null;
}
