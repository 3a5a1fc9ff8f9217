import { describe, expect, test } from "vitest";
import { isUnanswered, unreadBelief, unreadProblem } from "#core/report/unread.ts";

const ASKED_MS = 1_000_000;
const LATE_MS = ASKED_MS + 60_001;
const stored = { digest: "d1", place: { seq: 40 } };
const agreeing = { stored, claimedDigest: "d1", asked: null };
const asked = { stored, claimedDigest: "d2", asked: { stored, sinceMs: ASKED_MS } };

describe("a full report that was asked for", () => {
  test("is unanswered while the same report is the newest stored", () => {
    expect(isUnanswered(asked)).toBe(true);
    expect(isUnanswered({ ...asked, stored: { digest: "d2", place: { seq: 41 } } })).toBe(false);
    expect(isUnanswered(agreeing)).toBe(false);
  });

  test("is unanswered while none was ever stored", () => {
    expect(isUnanswered({ stored: null, asked: { stored: null, sinceMs: ASKED_MS } })).toBe(true);
    expect(isUnanswered({ stored, asked: { stored: null, sinceMs: ASKED_MS } })).toBe(false);
  });

  test("is a problem after a minute, and not before [SEE-14]", () => {
    expect(unreadProblem(asked, LATE_MS - 1)).toBeNull();
    expect(unreadProblem(asked, LATE_MS)).toEqual({
      code: "facts-not-received",
      params: { sinceAtMs: ASKED_MS },
    });
  });

  test("is none where it came, or nothing was asked", () => {
    expect(unreadProblem({ ...asked, stored: { digest: "d2", place: { seq: 41 } } }, LATE_MS)).toBeNull();
    expect(unreadProblem(agreeing, LATE_MS)).toBeNull();
  });
});

describe("facts that cannot be taken", () => {
  const problem = { value: { code: "facts-not-received", params: { sinceAtMs: 7 } }, sinceMs: 8 };

  test("are known as such from the moment of the look [SEE-14]", () => {
    expect(unreadBelief(null, asked, LATE_MS)).toEqual({
      value: { code: "facts-not-received", params: { sinceAtMs: ASKED_MS } },
      sinceMs: LATE_MS,
    });
    expect(unreadBelief(null, asked, LATE_MS - 1)).toBeNull();
    expect(unreadBelief(null, null, LATE_MS)).toBeNull();
  });

  test("stay unknown over a restart of the server, which forgets what it asked [SEE-14]", () => {
    expect(unreadBelief(problem, null, LATE_MS)).toBe(problem);
    expect(unreadBelief(problem, { ...asked, asked: null }, LATE_MS)).toBe(problem);
    expect(unreadBelief(problem, { stored: null, claimedDigest: null, asked: null }, LATE_MS)).toBe(problem);
  });

  test("are known again once a heartbeat names the facts stored", () => {
    expect(unreadBelief(problem, agreeing, LATE_MS)).toBeNull();
  });

  test("say nothing of a problem of another kind", () => {
    expect(unreadBelief({ value: { code: "clock-skew" }, sinceMs: 8 }, agreeing, LATE_MS)).toBeNull();
  });
});
