import { expect, test } from "vitest";
import * as z from "zod";
import { rules } from "./rules.ts";

test.each(["-1", "FM 25", "", "x".repeat(65)])(
  "a serial that no type plate bears is refused in words: %j",
  (text) => {
    const parsed = rules.serial.safeParse(text);
    expect(parsed.error?.issues.map(({ message }) => message)).toEqual(["form.serial"]);
  },
);

test("where a serial may be left out, a wrong one is refused in the same words", () => {
  const optional = z.literal("").or(rules.serial);
  expect(optional.safeParse("").success).toBe(true);
  expect(optional.safeParse(" FM-25/1 ").data).toBe("FM-25/1");
  expect(optional.safeParse("-1").error?.issues.map(({ message }) => message)).toEqual(["form.serial"]);
});
