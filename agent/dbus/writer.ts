import { numberLayout } from "./numbers.ts";
import { alignmentOf, type BasicCode, parseSignature, type Type, type Value } from "./signature.ts";

/** Little-endian marshalling (D-Bus Specification, "Marshaling"); alignment counts from the start of the message. */
export class Writer {
  #buffer = Buffer.alloc(256);
  #length = 0;

  bytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  get length(): number {
    return this.#length;
  }

  align(boundary: number): void {
    const padding = (boundary - (this.#length % boundary)) % boundary;
    this.#room(padding);
    this.#length += padding;
  }

  values(signature: string, values: readonly Value[]): void {
    const types = parseSignature(signature);
    if (types.length !== values.length)
      throw new TypeError(`signature ${signature} wants ${types.length} values`);
    types.forEach((type, at) => {
      this.#write(type, values[at] as Value);
    });
  }

  uint32(value: number): void {
    this.align(4);
    this.#room(4);
    this.#buffer.writeUInt32LE(value, this.#length);
    this.#length += 4;
  }

  #write(type: Type, value: Value): void {
    this.align(alignmentOf(type));
    if (type.kind === "basic") this.#basic(type.code, value);
    else if (type.kind === "variant") this.#variant(value);
    else if (type.kind === "array") this.#array(type.of, value);
    else this.#struct(type.members, listed(value));
  }

  #basic(code: BasicCode, value: Value): void {
    const layout = numberLayout(code);
    if (layout === null) this.#text(String(value), code === "g" ? 1 : 4);
    else this.#put(layout.size, (at) => layout.write(this.#buffer, value, at));
  }

  #struct(members: readonly Type[], values: readonly Value[]): void {
    if (members.length !== values.length) throw new TypeError(`struct wants ${members.length} values`);
    members.forEach((member, at) => {
      this.#write(member, values[at] as Value);
    });
  }

  #variant(value: Value): void {
    if (typeof value !== "object" || !("signature" in value)) throw new TypeError("not a variant");
    this.values("g", [value.signature]);
    this.values(value.signature, [value.value]);
  }

  #array(of: Type, value: Value): void {
    this.uint32(0);
    const lengthAt = this.#length - 4;
    this.align(alignmentOf(of));
    const start = this.#length;
    for (const one of value instanceof Uint8Array ? value : listed(value)) this.#write(of, one);
    this.#buffer.writeUInt32LE(this.#length - start, lengthAt);
  }

  #text(text: string, lengthBytes: 1 | 4): void {
    const bytes = Buffer.from(text, "utf8");
    if (lengthBytes === 4) this.uint32(bytes.length);
    else this.#put(1, (at) => this.#buffer.writeUInt8(bytes.length, at));
    this.#put(bytes.length + 1, (at) => {
      bytes.copy(this.#buffer, at);
      this.#buffer[at + bytes.length] = 0;
    });
  }

  #put(size: number, write: (at: number) => void): void {
    this.#room(size);
    write(this.#length);
    this.#length += size;
  }

  #room(size: number): void {
    if (this.#length + size <= this.#buffer.length) return;
    const larger = Buffer.alloc(Math.max(this.#buffer.length * 2, this.#length + size));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

function listed(value: Value): readonly Value[] {
  if (!Array.isArray(value)) throw new TypeError("not a list");
  return value as readonly Value[];
}
