import { describe, expect, test } from "vitest";
import { changedLabels, formOfLabels, labelsSchema } from "./labels.ts";

const was = {
  serial: "FM-1",
  alias: "Bay 3",
  model: null,
  hardwareRevision: null,
  room: "U1",
  tags: ["trial"],
};
const typed = (change: object) =>
  labelsSchema.parse({ ...formOfLabels(was), reason: "plate exchanged", ...change });

describe("only what a person changed is sent", () => {
  test("an untouched form changes nothing", () => expect(changedLabels(was, typed({}))).toEqual({}));

  test.each([
    [{ serial: "FM-2" }, { serial: "FM-2" }],
    [{ alias: "" }, { alias: null }],
    [{ model: "FM-25" }, { model: "FM-25" }],
    [{ hardwareRevision: "C" }, { hardwareRevision: "C" }],
    [{ room: "" }, { room: null }],
    [{ tags: "TRIAL" }, {}],
    [{ tags: "trial, Haus-B" }, { tags: ["haus-b", "trial"] }],
    [{ tags: "" }, { tags: [] }],
  ])("%j becomes %j", (change, sent) => expect(changedLabels(was, typed(change))).toEqual(sent));
});

test("a reason is needed, a serial must fit on a type plate, and what is no tag is named", () => {
  const parsed = labelsSchema.safeParse({ ...formOfLabels(was), serial: "-1", reason: " ", tags: "ok <b>" });
  const problems = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => [path[0], message]);
  expect(problems).toEqual([
    ["serial", "form.serial"],
    ["tags", "form.notATag|tag=<b>"],
    ["reason", "form.missing"],
  ]);
});
