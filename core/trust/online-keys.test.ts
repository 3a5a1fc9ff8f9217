import { expect, test } from "vitest";
import { ONLINE_KEYS_SCHEMA, onlineKeysSchema } from "#core/trust/online-keys.ts";

test("a root takes online keys in one spelling only [SIG-1]", () => {
  const key = "ab".repeat(32);
  const keys = { schema: ONLINE_KEYS_SCHEMA, snapshot: key, timestamp: key, director: key };
  expect(onlineKeysSchema.safeParse(keys).success).toBe(true);
  expect(onlineKeysSchema.safeParse({ ...keys, director: key.toUpperCase() }).success).toBe(false);
  expect(onlineKeysSchema.safeParse({ ...keys, targets: key }).success).toBe(false);
});
