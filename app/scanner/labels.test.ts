import { describe, expect, test } from "vitest";
import { changedLabels, formOfLabels, labelsSchema } from "./labels.ts";

const was = { serial: "FM-1", alias: "Bay 3", model: null, service: "in-service" } as const;
const form = formOfLabels(was);

describe("only what a person changed is sent", () => {
  test("an untouched form changes nothing", () => expect(changedLabels(was, form)).toEqual({}));

  test.each([
    [{ serial: "FM-2" }, { serial: "FM-2" }],
    [{ alias: "Bay 4" }, { alias: "Bay 4" }],
    [{ alias: "" }, { alias: null }],
    [{ model: "FM-25" }, { model: "FM-25" }],
    [{ service: "maintenance" }, { service: "maintenance" }],
    [{ service: "retired" }, {}],
  ] as const)("%j becomes %j", (typed, sent) =>
    expect(changedLabels(was, { ...form, ...typed })).toEqual(sent),
  );

  test("a retired scanner can be brought back, and stays retired when something else changes", () => {
    const retired = { ...was, service: "retired" } as const;
    const of = formOfLabels(retired);
    expect(changedLabels(retired, { ...of, alias: "Store" })).toEqual({ alias: "Store" });
    expect(changedLabels(retired, { ...of, service: "in-service" })).toEqual({ service: "in-service" });
  });
});

test("a reason is needed, and a serial that could not be on a type plate is refused in place", () => {
  const parsed = labelsSchema.safeParse({ ...form, serial: "-1", reason: " " });
  const problems = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => [path[0], message]);
  expect(problems).toEqual([
    ["serial", "form.serial"],
    ["reason", "form.missing"],
  ]);
  expect(labelsSchema.safeParse({ ...form, reason: "plate exchanged" }).success).toBe(true);
});
