/**
 * The D-Bus wire format (D-Bus Specification, "Message Protocol" and "Type System") as far as a service manager needs it to answer.
 * Little-endian only: that is what every client on the machines in question sends.
 */
const FIELDS = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  sender: 7,
  signature: 8,
} as const;
const TYPES = { call: 1, reply: 2, error: 3, signal: 4 } as const;
const FIXED_BYTES = 16;
const NO_BYTES = Buffer.alloc(0);

/** A method call as it came; `body` is read by whoever knows its signature. */
export type BusCall = { serial: number; path: string; interface: string; member: string; body: Buffer };

const padding = (at: number, boundary: number) => (boundary - (at % boundary)) % boundary;

/** Cuts what arrives into calls. What is not a method call is passed over, as a service passes over it. */
export class CallReader {
  #pending: Buffer = NO_BYTES;

  add(chunk: Buffer): BusCall[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const found: BusCall[] = [];
    for (;;) {
      const bytes = this.#pending;
      if (bytes.length < FIXED_BYTES) return found;
      const fields = bytes.readUInt32LE(12);
      const bodyAt = FIXED_BYTES + fields + padding(fields, 8);
      const end = bodyAt + bytes.readUInt32LE(4);
      if (bytes.length < end) return found;
      if (bytes[1] === TYPES.call)
        found.push({
          serial: bytes.readUInt32LE(8),
          ...readFields(bytes, fields),
          body: bytes.subarray(bodyAt, end),
        });
      this.#pending = bytes.subarray(end);
    }
  }
}

/** The header's array of (code, variant); each struct begins at a multiple of eight. */
function readFields(bytes: Buffer, length: number): Pick<BusCall, "path" | "interface" | "member"> {
  const texts = new Map<number, string>();
  let at = FIXED_BYTES;
  while (at < FIXED_BYTES + length) {
    at += padding(at, 8);
    const code = bytes.readUInt8(at);
    const type = String.fromCharCode(bytes.readUInt8(at + 2));
    at += 4;
    if (type === "u") {
      at += padding(at, 4) + 4;
      continue;
    }
    const isShort = type === "g";
    if (!isShort) at += padding(at, 4);
    const size = isShort ? bytes.readUInt8(at) : bytes.readUInt32LE(at);
    const start = at + (isShort ? 1 : 4);
    texts.set(code, bytes.toString("utf8", start, start + size));
    at = start + size + 1;
  }
  const text = (code: number) => texts.get(code) ?? "";
  return { path: text(FIELDS.path), interface: text(FIELDS.interface), member: text(FIELDS.member) };
}

/** Reads the strings and lists of strings of a body, in order. */
export class BodyReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  text(): string {
    const size = this.#uint32();
    const start = this.#at;
    this.#at += size + 1;
    return this.#bytes.toString("utf8", start, start + size);
  }

  texts(): string[] {
    const end = this.#uint32() + this.#at;
    const found: string[] = [];
    while (this.#at < end) found.push(this.text());
    return found;
  }

  #uint32(): number {
    this.#at += padding(this.#at, 4);
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }
}

/** Writes a body; alignment counts from its first byte, because a body begins at a multiple of eight. */
export class BodyWriter {
  #bytes = Buffer.alloc(64);
  #length = 0;

  done(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Strings and object paths. */
  text(value: string): this {
    this.uint32(Buffer.byteLength(value));
    return this.#raw(`${value}\0`);
  }

  uint32(value: number): this {
    this.#align(4);
    this.#room(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
    return this;
  }

  uint64(value: bigint): this {
    this.#align(8);
    this.#room(8);
    this.#length = this.#bytes.writeBigUInt64LE(value, this.#length);
    return this;
  }

  uint8(value: number): this {
    this.#room(1);
    this.#length = this.#bytes.writeUInt8(value, this.#length);
    return this;
  }

  aligned(boundary: number): this {
    this.#align(boundary);
    return this;
  }

  /** A signature; as the head of a variant, the value is written after it. */
  variantOf(signature: string): this {
    return this.uint8(signature.length).#raw(`${signature}\0`);
  }

  /** An array of structs: its length in bytes, counted from the first element. */
  structs<T>(all: readonly T[], write: (one: T) => void): this {
    this.uint32(0);
    const lengthAt = this.#length - 4;
    this.#align(8);
    const start = this.#length;
    for (const one of all) {
      this.#align(8);
      write(one);
    }
    this.#bytes.writeUInt32LE(this.#length - start, lengthAt);
    return this;
  }

  #raw(text: string): this {
    const size = Buffer.byteLength(text);
    this.#room(size);
    this.#length += this.#bytes.write(text, this.#length);
    return this;
  }

  #align(boundary: number): void {
    const gap = padding(this.#length, boundary);
    this.#room(gap);
    this.#bytes.fill(0, this.#length, this.#length + gap);
    this.#length += gap;
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + size));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

export type Body = { signature: string; bytes: Buffer };
export const NOTHING: Body = { signature: "", bytes: NO_BYTES };

const SENDER = ":1.2";

export function replyTo(serial: number, body: Body): Buffer {
  return message(TYPES.reply, [[FIELDS.replySerial, serial]], body);
}

export function errorTo(serial: number, name: string): Buffer {
  const fields: Field[] = [
    [FIELDS.errorName, name],
    [FIELDS.replySerial, serial],
  ];
  return message(TYPES.error, fields, NOTHING);
}

export function signalOf(signal: { path: string; interface: string; member: string }, body: Body): Buffer {
  const fields: Field[] = [
    [FIELDS.path, signal.path],
    [FIELDS.interface, signal.interface],
    [FIELDS.member, signal.member],
  ];
  return message(TYPES.signal, fields, body);
}

type Field = readonly [number, string | number];

/** Bytes one to four: little-endian, type, "no reply expected", version 1. */
function message(type: number, fields: readonly Field[], { signature, bytes }: Body): Buffer {
  const all: Field[] = [...fields, [FIELDS.sender, SENDER]];
  if (signature !== "") all.push([FIELDS.signature, signature]);
  const head = new BodyWriter();
  head.uint32(0x6c | (type << 8) | (1 << 16) | (1 << 24));
  head.uint32(bytes.length).uint32(1);
  head.structs(all, ([code, value]) => {
    head.uint8(code);
    if (typeof value === "number") head.variantOf("u").uint32(value);
    else if (code === FIELDS.signature) head.variantOf("g").variantOf(value);
    else head.variantOf(code === FIELDS.path ? "o" : "s").text(value);
  });
  return Buffer.concat([head.aligned(8).done(), bytes]);
}
