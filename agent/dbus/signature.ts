/**
 * Type signatures of D-Bus (D-Bus Specification, "Type System"). A signature is parsed once into a tree, so that reader and
 * writer agree about alignment by construction. Depth is bounded as the specification demands: a peer cannot recurse us.
 */
export type BasicCode = "y" | "b" | "n" | "q" | "i" | "u" | "x" | "t" | "d" | "s" | "o" | "g" | "h";
export type Type =
  | { kind: "basic"; code: BasicCode }
  | { kind: "variant" }
  | { kind: "array"; of: Type }
  | { kind: "struct"; members: readonly Type[] };

/** A dictionary is an array of two-member structs; a variant carries its own signature. */
export type Value = string | number | bigint | boolean | Uint8Array | readonly Value[] | Variant;
export type Variant = { signature: string; value: Value };

export class DbusError extends Error {
  readonly code: "malformed" | "too-large" | "refused" | "closed" | "timeout" | "error-reply";
  constructor(code: DbusError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const BASIC = new Set("ybnqiuxtdsogh");
const MAX_SIGNATURE = 255;
export const MAX_DEPTH = 32;

/** Bytes at whose multiple a value of this type starts. */
const ALIGNMENT: Record<BasicCode, number> = {
  y: 1,
  b: 4,
  n: 2,
  q: 2,
  i: 4,
  u: 4,
  x: 8,
  t: 8,
  d: 8,
  s: 4,
  o: 4,
  g: 1,
  h: 4,
};

export function alignmentOf(type: Type): number {
  switch (type.kind) {
    case "basic":
      return ALIGNMENT[type.code];
    case "variant":
      return 1;
    case "array":
      return 4;
    case "struct":
      return 8;
  }
}

const known = new Map<string, readonly Type[]>();

/** The complete types of a signature; throws `malformed`. The few signatures of a connection are kept. */
export function parseSignature(signature: string): readonly Type[] {
  const kept = known.get(signature);
  if (kept !== undefined) return kept;
  if (signature.length > MAX_SIGNATURE) throw new DbusError("malformed", "signature over 255 characters");
  const types: Type[] = [];
  let at = 0;
  while (at < signature.length) {
    const [type, next] = completeType(signature, at, 0);
    types.push(type);
    at = next;
  }
  if (known.size < 64) known.set(signature, types);
  return types;
}

function completeType(signature: string, at: number, depth: number): [Type, number] {
  if (depth > MAX_DEPTH) throw new DbusError("malformed", "signature nested too deeply");
  const code = signature[at];
  if (code === "v") return [{ kind: "variant" }, at + 1];
  if (code === "a") {
    const [of, next] = completeType(signature, at + 1, depth + 1);
    return [{ kind: "array", of }, next];
  }
  if (code === "(" || code === "{") return members(signature, at, depth);
  if (code !== undefined && BASIC.has(code)) return [{ kind: "basic", code: code as BasicCode }, at + 1];
  throw new DbusError("malformed", `signature: unexpected ${code ?? "end"}`);
}

function members(signature: string, open: number, depth: number): [Type, number] {
  const end = signature[open] === "(" ? ")" : "}";
  const found: Type[] = [];
  let at = open + 1;
  while (signature[at] !== end) {
    const [type, next] = completeType(signature, at, depth + 1);
    found.push(type);
    at = next;
  }
  const wrongDictionary = end === "}" && (found.length !== 2 || signature[open - 1] !== "a");
  if (found.length === 0 || wrongDictionary)
    throw new DbusError("malformed", "signature: bad struct or dictionary");
  return [{ kind: "struct", members: found }, at + 1];
}
