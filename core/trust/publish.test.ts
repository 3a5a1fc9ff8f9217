import { expect, test } from "vitest";
import { METADATA_LIMIT_BYTES } from "#core/trust/layout.ts";
import {
  PIECE_BYTES,
  PUBLISH_REFUSALS,
  publishAnswerSchema,
  publishRefusedSchema,
} from "#core/trust/publish.ts";

test("an answer names what is missing and how much of it is there", () => {
  const answer = {
    state: "waiting",
    root: null,
    targets: null,
    waiting: 1,
    missing: [{ name: "cache/nar/x.nar", bytes: 9, from: 4 }],
    more: 0,
  };
  expect(publishAnswerSchema.parse({ ...answer, newer: true })).toEqual(answer);
  expect(publishAnswerSchema.safeParse({ ...answer, state: "done" }).success).toBe(false);
});

test("a refusal has a word and an HTTP status of an error", () => {
  expect(publishRefusedSchema.parse({ refused: "busy", detail: "" })).toEqual({
    refused: "busy",
    detail: "",
  });
  for (const status of Object.values(PUBLISH_REFUSALS)) expect(status).toBeGreaterThanOrEqual(400);
});

test("a piece is no smaller than the largest metadata, which comes whole", () => {
  expect(PIECE_BYTES).toBeGreaterThan(Math.max(...Object.values(METADATA_LIMIT_BYTES)));
});
