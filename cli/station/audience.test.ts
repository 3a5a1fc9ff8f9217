import { describe, expect, test } from "vitest";
import { audienceOf, audienceText } from "./audience.ts";

const id = "019aa9c8-0b5c-7a70-8f6f-5d7ab5b5e3a1";

describe("whom a release is for [SIG-6]", () => {
  test.each([
    ["model:FM-25", { model: "FM-25", hardwareRevisions: null }, "model FM-25"],
    ["model:FM-25/b,c", { model: "FM-25", hardwareRevisions: ["b", "c"] }, "model FM-25, revision b or c"],
    [`scanner:${id}`, { scannerId: id }, `scanner ${id}`],
  ])("%s", (text, audience, words) => {
    expect(audienceOf(text)).toEqual(audience);
    expect(audienceText(audienceOf(text))).toBe(words);
  });

  test.each(["FM-25", "model:", "model:FM-25/", "scanner:7", "site:x", ""])("not %j", (text) => {
    expect(() => audienceOf(text)).toThrow("does not say for whom");
  });
});
