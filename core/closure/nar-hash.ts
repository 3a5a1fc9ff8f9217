const NIX32 = "0123456789abcdfghijklmnpqrsvwxyz";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const SHA256_BYTES = 32;

/**
 * A SHA-256 in any spelling Nix prints (`sha256:` + base16 | nix32 | base64, or SRI `sha256-` + base64) as lower-case base16;
 * null for anything else. Encodings that carry bits past the 256th are refused: two spellings of one hash would be two digests
 * (Nix manual "Hash", src/libutil/hash.cc).
 */
export function narHashToBase16(text: string): string | null {
  const spelled = /^(sha256[:-])([A-Za-z0-9+/]+)(=?)$/.exec(text);
  if (spelled === null) return null;
  const [, prefix, digits = "", padding] = spelled;
  if (digits.length === 43 && padding === "=") return fromBase64(digits);
  if (prefix !== "sha256:" || padding !== "") return null;
  if (digits.length === 64) return /^[0-9a-f]+$/.test(digits) ? digits : null;
  return digits.length === 52 ? fromNix32(digits) : null;
}

/** 43 digits are 258 bits: the last two must be zero. */
function fromBase64(digits: string): string | null {
  const bytes = new Uint8Array(SHA256_BYTES + 1);
  for (let position = 0; position < digits.length; position += 1) {
    const six = BASE64.indexOf(digits.charAt(position));
    const bit = position * 6;
    const shifted = six << (10 - (bit % 8));
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (shifted >> 8);
    bytes[(bit >> 3) + 1] = (bytes[(bit >> 3) + 1] ?? 0) | (shifted & 0xff);
  }
  return bytes[SHA256_BYTES] === 0 ? hex(bytes) : null;
}

/** Nix's own base 32: least significant digit last, alphabet without e o t u; 52 digits are 260 bits, the top four must be zero. */
function fromNix32(digits: string): string | null {
  const bytes = new Uint8Array(SHA256_BYTES + 1);
  for (let position = 0; position < digits.length; position += 1) {
    const five = NIX32.indexOf(digits.charAt(digits.length - 1 - position));
    if (five < 0) return null;
    const bit = position * 5;
    const shifted = five << (bit % 8);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (shifted & 0xff);
    bytes[(bit >> 3) + 1] = (bytes[(bit >> 3) + 1] ?? 0) | (shifted >> 8);
  }
  return bytes[SHA256_BYTES] === 0 ? hex(bytes) : null;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, SHA256_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
