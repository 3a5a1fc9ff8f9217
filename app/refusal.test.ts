import { TRPCClientError } from "@trpc/client";
import { expect, test } from "vitest";
import { isRefused, refusalOf } from "./refusal.ts";

function answer(data: unknown, message = "x") {
  return TRPCClientError.from({ error: { code: -32001, message, data } } as never);
}

test("a refusal keeps its code and parameters", () => {
  const error = answer({
    code: "CONFLICT",
    refusal: { code: "serial-taken", params: { serial: "FM25-0137" } },
  });
  expect(refusalOf(error)).toEqual({
    kind: "refused",
    code: "serial-taken",
    params: { serial: "FM25-0137" },
  });
  expect(isRefused(error, "serial-taken")).toBe(true);
  expect(isRefused(error, "not-found")).toBe(false);
});

test("a bug in the server keeps the sentence with its request id", () => {
  const error = answer({ code: "INTERNAL_SERVER_ERROR", refusal: null }, "It is logged under 7f3.");
  expect(refusalOf(error)).toEqual({ kind: "failed", message: "It is logged under 7f3." });
});

test("no answer is neither a refusal nor a failure of the server", () => {
  expect(refusalOf(TRPCClientError.from(new TypeError("fetch failed")))).toEqual({ kind: "unreachable" });
});
