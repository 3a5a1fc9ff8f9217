import { expect, test } from "vitest";
import { localRequestSchema } from "./verbs.ts";

test("the page may say seven words and nothing else [LOC-1, ACT-9]", () => {
  const verbs = localRequestSchema.options.map((one) => one.shape.verb.value);
  expect(verbs).toEqual(["status", "preflight", "consent", "hold", "release", "report", "rollback"]);
  for (const wrong of [
    { verb: "unblock", to: "/nix/store/x" },
    { verb: "passcode", set: "123456" },
    { verb: "status", more: 1 },
    { verb: "rollback", to: "r1", reason: "x", attest: true },
    { verb: "hold", reason: "x".repeat(4001) },
  ])
    expect(localRequestSchema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
});
