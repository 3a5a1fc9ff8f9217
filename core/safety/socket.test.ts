import { expect, test } from "vitest";
import { EXAMPLE_VALUES } from "#core/report/example-facts.ts";
import { openEnum, SAFETY_SCHEMA, safetyLineSchema } from "./socket.ts";

const last = EXAMPLE_VALUES.safety.last;

test("a state line is read, whatever a newer daemon adds to it [SEE-11]", () => {
  expect(safetyLineSchema.parse({ type: "state", ...last, newer: 1 })).toEqual({ type: "state", ...last });
});

test("a word this program does not know is unknown, never ok and never a crash [V-17]", () => {
  const read = safetyLineSchema.parse({ type: "state", ...last, state: "fine", scanState: "dancing" });
  expect(read).toMatchObject({ state: "unknown", scanState: "unknown" });
  expect(openEnum(["ok"]).parse("constructor")).toBe("unknown");
});

test.each([
  ["no state", { type: "state", ...last, state: undefined }],
  ["no bypass list", { type: "state", ...last, bypasses: undefined }],
  ["permission as text", { type: "state", ...last, permission: "yes" }],
  ["another schema", { type: "hello", schema: "x/1", daemon: "d", version: "1" }],
  ["another type", { type: "energise" }],
])("a line with %s is no line", (_title, line) => {
  expect(safetyLineSchema.safeParse(line).success).toBe(false);
});

test("a daemon introduces itself", () => {
  const hello = { type: "hello", schema: SAFETY_SCHEMA, daemon: "safety", version: "1" };
  expect(safetyLineSchema.parse(hello)).toEqual(hello);
});
