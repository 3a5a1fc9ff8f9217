import { expect, test } from "vitest";
import { bootIdSchema, epochMsSchema, scannerIdSchema, serialSchema, sha256HexSchema } from "./identity.ts";

test("a scanner id is a UUID of version 7 and nothing else", () => {
  expect(scannerIdSchema.safeParse("01980c3e-7b6a-7c1e-8f00-0123456789ab").success).toBe(true);
  expect(scannerIdSchema.safeParse("01980c3e-7b6a-4c1e-8f00-0123456789ab").success).toBe(false);
  expect(scannerIdSchema.safeParse("FM25-0137").success).toBe(false);
});

test.each([" FM25-0137 ", "FM25/0137_a.b"])("%s is a serial", (serial) => {
  expect(serialSchema.parse(serial)).toBe(serial.trim());
});

test.each(["", " ", "-x", "a b", "a\nb", "x".repeat(65), "<b>"])("%j is no serial", (serial) => {
  expect(serialSchema.safeParse(serial).success).toBe(false);
});

test("times, boot ids and hashes have one spelling each", () => {
  expect(epochMsSchema.safeParse(-1).success).toBe(false);
  expect(epochMsSchema.safeParse(1.5).success).toBe(false);
  expect(bootIdSchema.safeParse("0198-NOT").success).toBe(false);
  expect(sha256HexSchema.safeParse("AB".repeat(32)).success).toBe(false);
  expect(sha256HexSchema.safeParse("ab".repeat(32)).success).toBe(true);
});
