import type { BasicCode, Value } from "./signature.ts";

/** How each number type looks on the wire. We only write little-endian, and read what the peer chose. */
type NumberCode = Exclude<BasicCode, "s" | "o" | "g">;
type Layout = {
  size: number;
  write: (bytes: Buffer, value: Value, at: number) => void;
  read: (bytes: Buffer, at: number, little: boolean) => Value;
};

const uint32: Layout = {
  size: 4,
  write: (bytes, value, at) => bytes.writeUInt32LE(Number(value), at),
  read: (bytes, at, little) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)),
};

const LAYOUTS: Record<NumberCode, Layout> = {
  y: {
    size: 1,
    write: (bytes, value, at) => bytes.writeUInt8(Number(value), at),
    read: (bytes, at) => bytes.readUInt8(at),
  },
  b: {
    size: 4,
    write: (bytes, value, at) => bytes.writeUInt32LE(value === true ? 1 : 0, at),
    read: (bytes, at, little) => uint32.read(bytes, at, little) !== 0,
  },
  n: {
    size: 2,
    write: (bytes, value, at) => bytes.writeInt16LE(Number(value), at),
    read: (bytes, at, little) => (little ? bytes.readInt16LE(at) : bytes.readInt16BE(at)),
  },
  q: {
    size: 2,
    write: (bytes, value, at) => bytes.writeUInt16LE(Number(value), at),
    read: (bytes, at, little) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
  },
  i: {
    size: 4,
    write: (bytes, value, at) => bytes.writeInt32LE(Number(value), at),
    read: (bytes, at, little) => (little ? bytes.readInt32LE(at) : bytes.readInt32BE(at)),
  },
  u: uint32,
  h: uint32,
  x: {
    size: 8,
    write: (bytes, value, at) => bytes.writeBigInt64LE(BigInt(value as bigint), at),
    read: (bytes, at, little) => (little ? bytes.readBigInt64LE(at) : bytes.readBigInt64BE(at)),
  },
  t: {
    size: 8,
    write: (bytes, value, at) => bytes.writeBigUInt64LE(BigInt(value as bigint), at),
    read: (bytes, at, little) => (little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at)),
  },
  d: {
    size: 8,
    write: (bytes, value, at) => bytes.writeDoubleLE(Number(value), at),
    read: (bytes, at, little) => (little ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at)),
  },
};

/** Null for the three text types, which carry their own length. */
export function numberLayout(code: BasicCode): Layout | null {
  return code === "s" || code === "o" || code === "g" ? null : LAYOUTS[code];
}
