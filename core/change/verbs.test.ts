import { expect, test } from "vitest";
import { changeSettingsSchema } from "#core/change/settings.ts";
import { activateAnswerSchema, activateRequestSchema } from "#core/change/verbs.ts";

test("the list of verbs is closed: nothing on it energises, resets or releases anything [ACT-9]", () => {
  const verbs = activateRequestSchema.options.map((one) => one.shape.verb.value);
  expect(verbs).toEqual(["consider", "fetched", "status"]);
  for (const request of [
    { verb: "activate", toplevel: "/nix/store/x" },
    { verb: "consider", toplevel: "/nix/store/x" },
    { verb: "reset-interlock" },
    { verb: "energise" },
  ])
    expect(activateRequestSchema.safeParse(request).success).toBe(false);
});

test("an answer names files by grammar", () => {
  const missing = [{ path: "/etc/shadow", narHash: "a".repeat(64), narSize: 1 }];
  const answer = { answer: "need-paths", changeId: "c", missing, totalBytes: 1 };
  expect(activateAnswerSchema.safeParse(answer).success).toBe(false);
});

test("without settings, changes are off, consent is needed and the scanner boots into what it takes [ACT-9]", () => {
  expect(changeSettingsSchema.parse({ schema: "fiducial.changes/1" })).toMatchObject({
    enable: false,
    consent: "needed",
    liveSwitch: false,
    trustedKeys: [],
  });
});
