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
  if (reachesForPrototype(json)) throw new Refused("complexity", "reserved key");
  return json;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPENING = new Set([91, 123]);
const CLOSING = new Set([93, 125]);
const COMMA = 44;

function complexityProblem(text: string, maxParts: number): string | null {
  let depth = 0;
  let parts = 1;
  let index = 0;
  while (index < text.length) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) index = endOfString(text, index);
    else if (OPENING.has(unit)) depth += 1;
    else if (CLOSING.has(unit)) depth -= 1;
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

/** `__proto__` becomes an own key under JSON.parse and a prototype under a careless copy; no message of ours has such keys (Z-03). */
function reachesForPrototype(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(reachesForPrototype);
  return Object.entries(value).some(([key, one]) => PROTOTYPE_KEYS.has(key) || reachesForPrototype(one));
}
