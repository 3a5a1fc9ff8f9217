import { expect, test } from "vitest";
import { codesOf, isDatabaseAway } from "#server/database/scoped.ts";

test("a database that is away is recognised through every wrapping", () => {
  const driver = Object.assign(new Error("raw"), { cause: { originalCode: "57P01", kind: "postgres" } });
  expect(
    isDatabaseAway(Object.assign(new Error("x"), { code: "P2010", meta: { driverAdapterError: driver } })),
  ).toBe(true);
  expect(isDatabaseAway(Object.assign(new Error("x"), { code: "ECONNREFUSED" }))).toBe(true);
  expect(isDatabaseAway(new Error("x", { cause: { code: "53100" } }))).toBe(true);
  expect(isDatabaseAway(new Error("Connection terminated unexpectedly"))).toBe(true);
});

test("a bug, a refused row or a duplicate is not a database that is away", () => {
  for (const code of ["P2002", "42501", "23505", "22012"])
    expect(isDatabaseAway(Object.assign(new Error("x"), { code })), code).toBe(false);
  for (const thrown of [new Error("x"), "text", null, undefined]) expect(isDatabaseAway(thrown)).toBe(false);
});

test("causes that run in a circle end", () => {
  const error: { code: string; cause?: unknown } = { code: "A" };
  error.cause = error;
  expect(new Set(codesOf(error))).toEqual(new Set(["A"]));
});
