import { describe, expect, test } from "vitest";
import { Framing } from "./framing.ts";
import { decodeMessage, encodeMessage, MAX_MESSAGE_BYTES, messageLength } from "./message.ts";
import { Reader } from "./reader.ts";
import { DbusError, parseSignature, type Value } from "./signature.ts";
import { Writer } from "./writer.ts";

/** Hello as libdbus sends it, byte by byte from the specification: fixed part, four header fields, padding to 8. */
const HELLO = Buffer.from(
  [
    "6c 01 00 01 00000000 01000000 6d000000",
    "01 01 6f 00 15000000 2f6f72672f667265656465736b746f702f44427573 00 0000",
    "02 01 73 00 14000000 6f72672e667265656465736b746f702e44427573 00 000000",
    "03 01 73 00 05000000 48656c6c6f 00 0000",
    "06 01 73 00 14000000 6f72672e667265656465736b746f702e44427573 00 000000",
  ]
    .join("")
    .replaceAll(" ", ""),
  "hex",
);

/** A signal in big-endian bytes: path /a, member M, interface i.x, body (uint32 7, "é"). */
const BIG_ENDIAN_SIGNAL = Buffer.from(
  [
    "42 04 00 01 0000000b 00000002 00000038",
    "01 01 6f 00 00000002 2f61 00 0000000000",
    "02 01 73 00 00000003 692e78 00 00000000",
    "03 01 73 00 00000001 4d 00 000000000000",
    "08 01 67 00 02 7573 00",
    "00000007 00000002 c3a9 00",
  ]
    .join("")
    .replaceAll(" ", ""),
  "hex",
);

const BUS = "org.freedesktop.DBus";

describe("bytes", () => {
  test("a call is encoded to the bytes of the specification", () => {
    const encoded = encodeMessage({
      type: "call",
      serial: 1,
      path: "/org/freedesktop/DBus",
      interface: BUS,
      member: "Hello",
      destination: BUS,
      body: [],
    });
    expect(encoded.subarray(0, HELLO.length).toString("hex")).toBe(HELLO.toString("hex"));
    expect(encoded.length % 8).toBe(0);
  });

  test("a big-endian peer is understood", () => {
    const message = decodeMessage(BIG_ENDIAN_SIGNAL);
    expect(message).toMatchObject({
      type: "signal",
      path: "/a",
      interface: "i.x",
      member: "M",
      signature: "us",
    });
    expect(message?.readBody()).toEqual([7, "é"]);
  });

  test.each<[string, Value[]]>([
    ["ybnqiuxtd", [255, true, -2, 65_535, -3, 4_000_000_000, -5n, 2n ** 63n, 0.1]],
    ["sog", ["", "/a/b", "a{sv}"]],
    [
      "a(sv)",
      [
        [
          ["x", { signature: "u", value: 1 }],
          ["y", { signature: "as", value: ["1", "2"] }],
        ],
      ],
    ],
    ["a{sa{sv}}", [[["i", [["p", { signature: "t", value: 9n }]]]]]],
    ["aay", [[Uint8Array.of(1, 2), Uint8Array.of()]]],
    ["yax", [1, []]],
  ])("%s comes back as it was written", (signature, values) => {
    const writer = new Writer();
    writer.values(signature, values);
    expect(new Reader(writer.bytes(), 0, true).values(signature)).toEqual(values);
  });
});

describe("framing", () => {
  const two = Buffer.concat([
    encodeMessage({ type: "signal", serial: 1, path: "/a", interface: "i.x", member: "A", body: [] }),
    encodeMessage({
      type: "signal",
      serial: 2,
      path: "/a",
      interface: "i.x",
      member: "B",
      signature: "s",
      body: ["x"],
    }),
  ]);

  test("messages are the same however the stream is cut", () => {
    for (const size of [1, 7, 16, two.length]) {
      const framing = new Framing();
      const members: (string | undefined)[] = [];
      for (let at = 0; at < two.length; at += size)
        for (const bytes of framing.add(two.subarray(at, at + size)))
          members.push(decodeMessage(bytes)?.member);
      expect(members).toEqual(["A", "B"]);
    }
  });

  test("a length over the bound is refused before anything of it is kept", () => {
    const huge = Buffer.from(HELLO);
    huge.writeUInt32LE(MAX_MESSAGE_BYTES, 4);
    expect(() => messageLength(huge)).toThrow(DbusError);
    const wideHeader = Buffer.from(HELLO);
    wideHeader.writeUInt32LE(128 * 1024, 12);
    expect(() => messageLength(wideHeader)).toThrow(DbusError);
  });

  test("neither another protocol version nor a text stream is read on", () => {
    expect(() => messageLength(Buffer.from("HTTP/1.1 400 Bad Request\r\n"))).toThrow(DbusError);
    const version2 = Buffer.from(HELLO);
    version2[3] = 2;
    expect(() => messageLength(version2)).toThrow(DbusError);
  });
});

describe("a malformed peer costs a DbusError and nothing else", () => {
  test("every truncation and every flipped byte of a message is a DbusError or a message", () => {
    const message = encodeMessage({
      type: "reply",
      serial: 3,
      replySerial: 1,
      signature: "a(sv)as",
      body: [[["x", { signature: "(ut)", value: [1, 2n] }]], ["a"]],
    });
    const attempt = (bytes: Buffer) => {
      try {
        decodeMessage(bytes)?.readBody();
      } catch (error) {
        expect(error).toBeInstanceOf(DbusError);
      }
    };
    for (let at = 0; at < message.length; at++) {
      attempt(message.subarray(0, at));
      for (const flip of [0x01, 0x80, 0xff]) {
        const bad = Buffer.from(message);
        bad[at] = (bad[at] ?? 0) ^ flip;
        attempt(bad);
      }
    }
  });

  test.each([
    "a",
    "(",
    "()",
    "{sv}",
    "a{s}",
    "a{svs}",
    "(s",
    "z",
    "a".repeat(40),
    `${"(".repeat(40)}u${")".repeat(40)}`,
  ])("signature %s is refused", (signature) => {
    expect(() => parseSignature(signature)).toThrow(DbusError);
  });

  test("variants nested in variants end at the bound, not on the stack", () => {
    const writer = new Writer();
    let value: Value = { signature: "u", value: 1 };
    for (let depth = 0; depth < 100; depth++) value = { signature: "v", value };
    writer.values("v", [value]);
    expect(() => new Reader(writer.bytes(), 0, true).values("v")).toThrow(DbusError);
  });

  test("an array that claims more than the message holds is refused", () => {
    const bytes = Buffer.from("ffffff7f00000000", "hex");
    expect(() => new Reader(bytes, 0, true).values("au")).toThrow(DbusError);
    expect(() => new Reader(bytes, 0, true).values("ay")).toThrow(DbusError);
  });
});
