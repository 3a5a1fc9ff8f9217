const NIX32 = "0123456789abcdfghijklmnpqrsvwxyz";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const SHA256_BYTES = 32;
const NIX32_DIGITS = 52;

/**
 * A SHA-256 in any spelling Nix prints (`sha256:` + base16 | nix32 | base64, or SRI `sha256-` + base64) as lower-case base16;
 * null for anything else. Encodings that carry bits past the 256th are refused: two spellings of one hash would be two digests
 * (Nix manual "Hash", src/libutil/hash.cc).
 */
export function narHashToBase16(text: string): string | null {
  if (!/^sha256[:-][A-Za-z0-9+/]+=?$/.test(text)) return null;
  const digits = text.slice("sha256:".length);
  if (digits.endsWith("=")) return digits.length === 44 ? fromBase64(digits.slice(0, 43)) : null;
  if (text.startsWith("sha256-")) return null;
  if (digits.length === 64) return /^[0-9a-f]+$/.test(digits) ? digits : null;
  return digits.length === NIX32_DIGITS ? fromNix32(digits) : null;
}

/** 43 digits are 258 bits: the last two must be zero. */
function fromBase64(digits: string): string | null {
  const bytes = new DataView(new ArrayBuffer(SHA256_BYTES + 1));
  for (let position = 0; position < digits.length; position += 1) {
    const six = BASE64.indexOf(digits.charAt(position));
    const bit = position * 6;
    const shifted = six << (10 - (bit % 8));
    bytes.setUint16(bit >> 3, bytes.getUint16(bit >> 3) | shifted);
  }
  return hex(bytes);
}

/** Nix's own base 32: least significant digit last, alphabet without e o t u; 52 digits are 260 bits, the top four must be zero. */
function fromNix32(digits: string): string | null {
  const bytes = new DataView(new ArrayBuffer(SHA256_BYTES + 2));
  for (let position = 0; position < digits.length; position += 1) {
    const five = NIX32.indexOf(digits.charAt(digits.length - 1 - position));
    if (five < 0) return null;
    const bit = position * 5;
    const shifted = five << (bit % 8);
    bytes.setUint16(bit >> 3, bytes.getUint16(bit >> 3, true) | shifted, true);
  }
  return hex(bytes);
}

/** A base16 SHA-256 as `sha256:` + nix32, the spelling that narinfo files and their fingerprints use (L26). */
export function narHashToNix32(base16: string): string {
  const bytes = new DataView(new ArrayBuffer(SHA256_BYTES + 2));
  for (let at = 0; at < SHA256_BYTES; at += 1)
    bytes.setUint8(at, Number.parseInt(base16.slice(2 * at, 2 * at + 2), 16));
  const digits = Array.from({ length: NIX32_DIGITS }, (_, at) => {
    const bit = (NIX32_DIGITS - 1 - at) * 5;
    return NIX32.charAt((bytes.getUint16(bit >> 3, true) >> (bit % 8)) & 31);
  });
  return `sha256:${digits.join("")}`;
}

/** Null if a bit past the hash is set. */
function hex(bytes: DataView): string | null {
  if (bytes.getUint8(SHA256_BYTES) !== 0) return null;
  const digits = new Uint8Array(bytes.buffer, 0, SHA256_BYTES);
  return Array.from(digits, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
