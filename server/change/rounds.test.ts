import { expect, test } from "vitest";
import { createRounds, PATIENCE_MS, signerWaitMs } from "./rounds.ts";

test("what fails holds up no other, is told of, and is left alone for a while [ACT-7]", async () => {
  let nowMs = 1_000;
  const worked: string[] = [];
  const round = createRounds({
    nowMs: () => nowMs,
    due: async (except) => ["bad", "good"].filter((id) => !except.includes(id)).map((id) => ({ id })),
    work: async ({ id }) => {
      worked.push(id);
      if (id === "bad") throw new Error("cannot be carried");
      return 0;
    },
  });
  await expect(round()).rejects.toThrow("cannot be carried");
  await round();
  expect(worked).toEqual(["bad", "good", "good"]);
  nowMs += PATIENCE_MS;
  await expect(round()).rejects.toThrow("cannot be carried");
  expect(worked).toEqual(["bad", "good", "good", "bad", "good"]);
});

test("a signer that is away is asked again soon, one that says when is believed, and a no is an answer", () => {
  expect(signerWaitMs({ refused: "away" })).toBe(1_000);
  expect(signerWaitMs({ refused: "too-often", waitMs: 400 })).toBe(400);
  expect(signerWaitMs({ refused: "not-ready" })).toBe(PATIENCE_MS);
  expect(signerWaitMs({ refused: "withdrawn" })).toBeNull();
});
