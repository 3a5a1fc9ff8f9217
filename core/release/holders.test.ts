import { expect, test } from "vitest";
import { HOLDERS_FIELD, holdersOf } from "#core/release/holders.ts";
import { rootBody } from "#core/trust/bodies.ts";

const role = { keys: ["ab".repeat(32)], threshold: 1 };
const root = rootBody(
  {
    version: 1,
    expires: "2027-01-01T00:00:00Z",
    roles: { root: role, targets: role, snapshot: role, timestamp: role },
  },
  () => "cd".repeat(32),
);

test("a root says who holds its keys, or nothing at all [SIG-1]", () => {
  expect(holdersOf({ ...root, [HOLDERS_FIELD]: { ["cd".repeat(32)]: "alice" } }).get("cd".repeat(32))).toBe(
    "alice",
  );
  expect(holdersOf(root).size).toBe(0);
  expect(holdersOf({ ...root, [HOLDERS_FIELD]: { x: 7 } }).size).toBe(0);
});
