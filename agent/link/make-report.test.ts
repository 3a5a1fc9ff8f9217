import { expect, test } from "vitest";
import { fittingFacts } from "#agent/link/make-report.ts";
import { observed } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";

const facts: Facts = {
  nix: observed({ version: "2.18", settings: { big: "x".repeat(500) } }),
  clock: observed({ synchronised: true, source: "s".repeat(64), offsetMs: null, rtcOk: null }),
};

test("facts that fit are left as they are", () => {
  expect(fittingFacts(facts)).toEqual(facts);
});

test("over the limit the largest kinds become unknown by name, never absent [SEE-14]", () => {
  const fitting = fittingFacts(facts, 400);
  expect(fitting.nix).toEqual({
    state: "unknown",
    reason: { code: "too-large", params: { path: "facts.nix", maxBytes: 400 } },
  });
  expect(fitting.clock).toEqual(facts.clock);
  expect(Object.keys(fittingFacts(facts, 1))).toEqual(["nix", "clock"]);
});
