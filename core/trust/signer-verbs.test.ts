import { expect, test } from "vitest";
import { signerAnswerSchema, signerRequestSchema } from "#core/trust/signer-verbs.ts";

const SCANNER = "019a5b1e-0000-7000-8000-0000000000a1";

test.each([
  [{ verb: "sign", bytes: "AA==" }],
  [{ verb: "keys", private: true }],
  [{ verb: "instruct", instruction: {} }],
  [{ verb: "withdraw-instruction", scannerId: SCANNER }],
  [{ verb: "freshen", scannerId: "../../etc" }],
  [{ verb: "carry-instruction", scannerId: SCANNER, changeId: SCANNER }],
  ["keys"],
])("the signer knows no such request %j [K-10]", (request) => {
  expect(signerRequestSchema.safeParse(request).success).toBe(false);
});

test("an instruction may not bring its own number", () => {
  const instruction = {
    scannerId: SCANNER,
    changeId: SCANNER,
    action: "activate",
    release: "r1",
    system: "scanner",
    toplevel: "/nix/store/x",
    notBeforeMs: 0,
    notAfterMs: 1,
    slots: [],
    requestedBy: "Eve",
  };
  const ask = (one: object) => signerRequestSchema.safeParse({ verb: "instruct", instruction: one }).success;
  expect(ask(instruction)).toBe(true);
  expect(ask({ ...instruction, seq: 9 })).toBe(false);
});

test("an answer is a refusal with a word, or what was asked", () => {
  const refused = { ok: false, refused: "too-often", detail: "", waitMs: 4 };
  expect(signerAnswerSchema.parse(refused)).toEqual(refused);
  expect(
    signerAnswerSchema.safeParse({ ok: true, verb: "instruct", seq: 0, directorVersion: 1 }).success,
  ).toBe(false);
});
