import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ASK_KINDS } from "#core/ask/kinds.ts";
import { OPERATORS, parseQuestion, type Question, questionText } from "#core/ask/question.ts";

const HASH = "0123456789abcdfghijklmnpqrsvwxyz";

describe("a question", () => {
  test.each<[string, Question | null]>([
    ["openssl", { kind: null, name: "openssl", test: null }],
    ["  openssl   <  3.0.13 ", { kind: null, name: "openssl", test: { op: "<", value: "3.0.13" } }],
    ["openssl<3.0.13", { kind: null, name: "openssl", test: { op: "<", value: "3.0.13" } }],
    ["openssl >= 3", { kind: null, name: "openssl", test: { op: ">=", value: "3" } }],
    ["openssl >=", { kind: null, name: "openssl", test: null }],
    ["module:nvidia 580.*", { kind: "module", name: "nvidia", test: { op: "like", value: "580.*" } }],
    [
      "unit:gcaps.service failed",
      { kind: "unit", name: "gcaps.service", test: { op: "like", value: "failed" } },
    ],
    ["service: gcaps.service", { kind: "unit", name: "gcaps.service", test: null }],
    ["pci:10de:2531", { kind: "pci", name: "10de:2531", test: null }],
    ["10de:2531", { kind: null, name: "10de:2531", test: null }],
    ["unit:", { kind: "unit", name: "*", test: null }],
    ["hash:9f3kd7", { kind: "hash", name: "9f3kd7", test: null }],
    [
      `/nix/store/${HASH}-openssl-3.0.13`,
      { kind: "path", name: `/nix/store/${HASH}-openssl-3.0.13`, test: null },
    ],
    [`path:/nix/store/${HASH}-a`, { kind: "path", name: `/nix/store/${HASH}-a`, test: null }],
    ["/dev/nvidia0", { kind: null, name: "/dev/nvidia0", test: null }],
    [HASH, { kind: "hash", name: HASH, test: null }],
    ["ab".repeat(32), { kind: "hash", name: "ab".repeat(32), test: null }],
    ["colour:red", { kind: null, name: "colour:red", test: null }],
    ["   ", null],
    [":", { kind: null, name: ":", test: null }],
  ])("%s [EXP-9]", (text, question) => {
    expect(parseQuestion(text)).toEqual(question);
  });

  test.each<[Question, string]>([
    [{ kind: null, name: "openssl", test: null }, "openssl"],
    [{ kind: null, name: "openssl", test: { op: "<", value: "3.0.13" } }, "openssl < 3.0.13"],
    [{ kind: "module", name: "nvidia", test: { op: "like", value: "580.*" } }, "module:nvidia 580.*"],
  ])("%j is printed as %s [EXP-9]", (question, text) => {
    expect(questionText(question)).toBe(text);
  });

  test("printed and read again is the same question, whatever was typed [EXP-9]", () => {
    const typed = fc.oneof(
      fc.string({ maxLength: 120 }),
      fc.string({ unit: fc.constantFrom(..."a:1.<>=!* /-"), maxLength: 40 }),
      fc
        .tuple(
          fc.constantFrom(...ASK_KINDS, "x"),
          fc.string({ maxLength: 20 }),
          fc.constantFrom(...OPERATORS, ""),
          fc.string({ maxLength: 20 }),
        )
        .map(([kind, name, op, value]) => `${kind}:${name} ${op} ${value}`),
    );
    fc.assert(
      fc.property(typed, (text) => {
        const question = parseQuestion(text);
        if (question === null) return;
        expect(parseQuestion(questionText(question))).toEqual(question);
        expect(question.name).not.toBe("");
      }),
    );
  });
});
