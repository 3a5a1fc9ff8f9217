import { Reader } from "./reader.ts";
import { DbusError, type Value, type Variant } from "./signature.ts";
import { Writer } from "./writer.ts";

/** One message (D-Bus Specification, "Message Protocol"). */
const MESSAGE_TYPES = { call: 1, reply: 2, error: 3, signal: 4 } as const;
type MessageType = keyof typeof MESSAGE_TYPES;

const FIELD_OF = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
  sender: 7,
  signature: 8,
} as const;
type Field = keyof typeof FIELD_OF;
const FIELD_SIGNATURE: Record<Field, string> = {
  path: "o",
  interface: "s",
  member: "s",
  errorName: "s",
  replySerial: "u",
  destination: "s",
  sender: "s",
  signature: "g",
};

export type Header = {
  type: MessageType;
  serial: number;
} & { [F in Exclude<Field, "replySerial">]?: string } & { replySerial?: number };
export type Message = Header & { body: readonly Value[] };
/** What came in: the body is read only on demand, so a message nobody asked for costs its header. */
export type Received = Header & { readBody: () => readonly Value[] };

const PROTOCOL_VERSION = 1;
/** `bytes` before the header fields: endianness, type, flags, version, body length, serial, length of the fields. */
const FIXED_BYTES = 16;
/** A list of 3,000 units is 700 kB; the specification would allow 128 MB. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;

export function encodeMessage(message: Message): Buffer {
  const body = new Writer();
  if (message.signature !== undefined) body.values(message.signature, message.body);
  const fields: Value[] = [];
  for (const field of Object.keys(FIELD_OF) as Field[]) {
    const value = message[field];
    if (value === undefined || value === "") continue;
    fields.push([FIELD_OF[field], { signature: FIELD_SIGNATURE[field], value }]);
  }
  const head = new Writer();
  head.values("yyyyuua(yv)", [
    "l".charCodeAt(0),
    MESSAGE_TYPES[message.type],
    0,
    PROTOCOL_VERSION,
    body.length,
    message.serial,
    fields,
  ]);
  head.align(8);
  return Buffer.concat([head.bytes(), body.bytes()]);
}

/** Length of the message that starts here, null while its first 16 bytes are not there; throws when it must not be read on. */
export function messageLength(bytes: Buffer): number | null {
  if (bytes.length < FIXED_BYTES) return null;
  const little = isLittle(bytes);
  if (bytes[3] !== PROTOCOL_VERSION) throw new DbusError("malformed", `protocol version ${bytes[3]}`);
  const read = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const fields = read(12);
  const length = FIXED_BYTES + Math.ceil(fields / 8) * 8 + read(4);
  if (length > MAX_MESSAGE_BYTES || fields > MAX_HEADER_BYTES)
    throw new DbusError("too-large", `message of ${length} bytes`);
  return length;
}

/** Null for a message type this version does not know, which the specification says to ignore. */
export function decodeMessage(bytes: Buffer): Received | null {
  const reader = new Reader(bytes, 0, isLittle(bytes));
  const [, typeCode, , , bodyLength, serial, fields] = reader.values("yyyyuua(yv)");
  reader.align(8);
  const type = (Object.keys(MESSAGE_TYPES) as MessageType[]).find((one) => MESSAGE_TYPES[one] === typeCode);
  if (type === undefined) return null;
  const header: Header = { type, serial: Number(serial), ...headerFields(fields as readonly Value[]) };
  const start = reader.position;
  if (bytes.length !== start + Number(bodyLength))
    throw new DbusError("malformed", "body is not as long as it says");
  // Alignment counts from the start of the message, so the body is read from the whole message at its offset.
  const readBody = () =>
    header.signature === undefined ? [] : new Reader(bytes, start, isLittle(bytes)).values(header.signature);
  return { ...header, readBody };
}

function headerFields(fields: readonly Value[]): Partial<Header> {
  const found: Record<string, Value> = {};
  for (const entry of fields) {
    const [code, variant] = entry as readonly [number, Variant];
    const field = (Object.keys(FIELD_OF) as Field[]).find((one) => FIELD_OF[one] === code);
    if (field === undefined) continue;
    if (variant.signature !== FIELD_SIGNATURE[field])
      throw new DbusError("malformed", `header field ${field} has type ${variant.signature}`);
    found[field] = variant.value;
  }
  return found as Partial<Header>;
}

function isLittle(bytes: Buffer): boolean {
  if (bytes[0] === 0x6c) return true;
  if (bytes[0] === 0x42) return false;
  throw new DbusError("malformed", "neither little nor big endian");
}
