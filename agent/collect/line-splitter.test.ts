import { expect, test } from "vitest";
import { LineSplitter, type Piece } from "./line-splitter.ts";

function split(maxBytes: number, ...chunks: (string | Buffer)[]): Piece[] {
  const splitter = new LineSplitter(maxBytes);
  return chunks.flatMap((chunk) => [...splitter.add(Buffer.from(chunk as string))]);
}

test("lines are the same however the stream is cut", () => {
  const stream = Buffer.from('{"a":"é"}\n{"b":2}\n');
  const whole = split(100, stream);
  const bytewise = split(100, ...[...stream].map((byte) => Buffer.from([byte])));
  expect(bytewise).toEqual(whole);
  expect(whole).toEqual([
    { kind: "line", text: '{"a":"é"}' },
    { kind: "line", text: '{"b":2}' },
  ]);
});

test("a line of exactly the bound is read; one byte more is refused once, and the next line is read", () => {
  expect(split(4, "1234\n")).toEqual([{ kind: "line", text: "1234" }]);
  expect(split(4, "12", "345", "6789", "0\nok\n")).toEqual([
    { kind: "bad", text: "line over 4 bytes" },
    { kind: "line", text: "ok" },
  ]);
});

test("bytes that are not UTF-8 are refused and not replaced by look-alikes", () => {
  expect(split(10, Buffer.from([0x22, 0xff, 0x22, 0x0a]))).toEqual([{ kind: "bad", text: "not UTF-8" }]);
});
