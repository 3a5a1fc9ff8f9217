import { numberLayout } from "./numbers.ts";
import {
  alignmentOf,
  type BasicCode,
  DbusError,
  MAX_DEPTH,
  parseSignature,
  type Type,
  type Value,
} from "./signature.ts";

/** Reads values out of one message; every length is checked against what is there before anything is allocated. */
export class Reader {
  readonly #bytes: Buffer;
  readonly #little: boolean;
  #at: number;

  constructor(bytes: Buffer, at: number, little: boolean) {
    this.#bytes = bytes;
    this.#at = at;
    this.#little = little;
  }

  get position(): number {
    return this.#at;
  }

  align(boundary: number): void {
    this.#take((boundary - (this.#at % boundary)) % boundary);
  }

  values(signature: string, depth = 0): Value[] {
    return parseSignature(signature).map((type) => this.#read(type, depth));
  }

  #read(type: Type, depth: number): Value {
    if (depth > MAX_DEPTH) throw new DbusError("malformed", "value nested too deeply");
    this.align(alignmentOf(type));
    if (type.kind === "basic") return this.#basic(type.code);
    if (type.kind === "array") return this.#array(type.of, depth);
    if (type.kind === "struct") return type.members.map((member) => this.#read(member, depth + 1));
    const signature = this.#text(1);
    const types = parseSignature(signature);
    if (types.length !== 1) throw new DbusError("malformed", "a variant holds exactly one value");
    return { signature, value: this.#read(types[0] as Type, depth + 1) };
  }

  #basic(code: BasicCode): Value {
    const layout = numberLayout(code);
    if (layout === null) return this.#text(code === "g" ? 1 : 4);
    return layout.read(this.#bytes, this.#take(layout.size), this.#little);
  }

  #array(of: Type, depth: number): Value {
    const length = this.#uint32();
    this.align(alignmentOf(of));
    const start = this.#at;
    if (of.kind === "basic" && of.code === "y")
      return Uint8Array.from(this.#bytes.subarray(this.#take(length), start + length));
    if (start + length > this.#bytes.length) throw new DbusError("malformed", "array runs past the message");
    const found: Value[] = [];
    while (this.#at < start + length) found.push(this.#read(of, depth + 1));
    if (this.#at !== start + length) throw new DbusError("malformed", "array length splits an element");
    return found;
  }

  #text(lengthBytes: 1 | 4): string {
    const length = lengthBytes === 4 ? this.#uint32() : this.#bytes.readUInt8(this.#take(1));
    const start = this.#take(length + 1);
    if (this.#bytes[start + length] !== 0) throw new DbusError("malformed", "text without its end mark");
    return this.#bytes.toString("utf8", start, start + length);
  }

  #uint32(): number {
    this.align(4);
    const at = this.#take(4);
    return this.#little ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  /** Claims the next bytes and returns where they start. */
  #take(size: number): number {
    const at = this.#at;
    if (at + size > this.#bytes.length) throw new DbusError("malformed", "value runs past the message");
    this.#at += size;
    return at;
  }
}
