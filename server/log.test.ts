import { describe, expect, test } from "vitest";
import { createLog, type LogFields } from "#server/log.ts";

function logged(event: string, fields?: LogFields): { line: string; entry: Record<string, unknown> } {
  const lines: string[] = [];
  createLog("debug", (line) => lines.push(line)).info(event, fields);
  expect(lines).toHaveLength(1);
  return { line: lines[0]!, entry: JSON.parse(lines[0]!) };
}

describe("one event is one line of JSON [X-04]", () => {
  test.each([
    ["newlines", "a\r\nb\u2028c\u2029d"],
    ["ANSI escapes", "\u001b[31mred\u001b[0m"],
    ["C1 escapes", "\u009b31mred"],
    ["bidirectional overrides", "\u202egnp.exe\u2066"],
    ["a way out of JSON", '","level":"error"}\n{"event":"forged'],
    ["a lone surrogate", "\ud800"],
    ["NUL and DEL", "\u0000\u007f"],
  ])("with %s in its values", (_what, text) => {
    const { line, entry } = logged("x", { text, nested: { [text]: [text] } });
    expect(entry).toMatchObject({ level: "info", event: "x", text, nested: { [text]: [text] } });
    const unsafe = [...line].filter((one) => /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(one));
    expect(unsafe).toEqual([]);
  });

  test("of bounded length, whatever a client sends", () => {
    const { line } = logged("x", {
      text: "y".repeat(1_000_000),
      ["k".repeat(1_000_000)]: 1,
      list: Array.from({ length: 100_000 }, () => 1),
    });
    expect(line.length).toBeLessThan(20_000);
  });

  test("for a value that contains itself and for values JSON has no word for", () => {
    const circle: Record<string, unknown> = {
      big: 1n,
      call: () => 1,
      bytes: new Uint8Array(3),
      gone: undefined,
    };
    circle.self = circle;
    expect(logged("x", circle).entry).toMatchObject({ big: "1", call: "(function)", bytes: "(3 bytes)" });
  });
});

test("an error brings its code, its stack and its causes", () => {
  const error = Object.assign(new Error("outer", { cause: new Error("inner") }), { code: "E1" });
  expect(logged("x", { error }).entry.error).toMatchObject({
    message: "outer",
    code: "E1",
    stack: expect.stringContaining("log.test.ts"),
    cause: { message: "inner" },
  });
});

test("no field can pass for time, level or event", () => {
  const { entry } = logged("real", { event: "forged", level: "error", at: "never" });
  expect(entry).toMatchObject({ event: "real", level: "info" });
  expect(entry.at).not.toBe("never");
});

test("what lies below the level is not written", () => {
  const lines: string[] = [];
  const log = createLog("warn", (line) => lines.push(line));
  for (const level of ["debug", "info", "warn", "error"] as const) log[level](level);
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(["warn", "error"]);
});
