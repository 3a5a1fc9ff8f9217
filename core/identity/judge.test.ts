import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BeatPosition,
  compareOrder,
  judgeBeat,
  judgeLate,
  judgeOrder,
  judgeRepeated,
  type Position,
} from "./judge.ts";

const A = "aaaaaaaa-0000-4000-8000-000000000000";
const B = "bbbbbbbb-0000-4000-8000-000000000000";
const known: Position = { bootCounter: 5, startCounter: 9, seq: 40, bootId: A, hardwareFingerprint: "f1" };

describe("the place of a report", () => {
  test.each<[string, Partial<Position>, string]>([
    ["the next number", { seq: 41 }, "newer"],
    ["the next agent start", { startCounter: 10, seq: 41 }, "newer"],
    ["the next boot", { bootCounter: 6, startCounter: 10, bootId: B }, "newer"],
    ["the same number", {}, "duplicate"],
    ["an earlier number", { seq: 39 }, "older"],
    ["an earlier boot", { bootCounter: 4, bootId: B, seq: 99 }, "older"],
    ["a message without a fingerprint", { seq: 41, hardwareFingerprint: null }, "newer"],
  ])("%s is %s", (_title, change, kind) => {
    expect(judgeOrder(known, { ...known, ...change }).kind).toBe(kind);
  });

  test("the first message ever is new", () => {
    expect(judgeOrder(null, known)).toEqual({ kind: "newer" });
  });

  test.each<[string, Partial<Position>, string]>([
    ["one boot counted under two boot ids", { bootId: B, seq: 41 }, "boot-forked"],
    ["the running boot counted lower again", { bootCounter: 4, seq: 99 }, "start-forked"],
    ["a later boot with the boot id of an earlier one", { bootCounter: 6 }, "boot-reused"],
    ["other hardware under the same key", { seq: 41, hardwareFingerprint: "f2" }, "other-hardware"],
  ])("%s is two machines [K-07, F27]", (_title, change, code) => {
    expect(judgeOrder(known, { ...known, ...change })).toMatchObject({ kind: "conflict", code });
  });
});

describe("a number seen before", () => {
  test("equal bytes are a retry, acknowledged again [V-02]", () => {
    expect(judgeRepeated({ bodySha256: "x" }, { seq: 40, bodySha256: "x" })).toEqual({ kind: "duplicate" });
  });

  test("other bytes under one number are two machines [K-07]", () => {
    expect(judgeRepeated({ bodySha256: "x" }, { seq: 40, bodySha256: "y" })).toMatchObject({
      kind: "conflict",
      code: "report-forked",
      reason: { params: { seq: 40 } },
    });
  });
});

describe("a number nobody has seen, below the newest", () => {
  const late = { bootCounter: 4, bootId: A, seq: 38, sentAtMs: 100_000 };

  test.each<[string, Parameters<typeof judgeLate>[0], string]>([
    ["of which nothing else is kept", { bootId: null, laterStartMs: null }, "older"],
    ["of a boot known by the same id", { bootId: A, laterStartMs: null }, "older"],
    ["made before the next start", { bootId: A, laterStartMs: 100_001 }, "older"],
    ["made as late as a set clock explains", { bootId: A, laterStartMs: 95_000 }, "older"],
    ["made after the next start", { bootId: A, laterStartMs: 94_999 }, "history-forked"],
    ["of a boot known by another id", { bootId: B, laterStartMs: null }, "boot-forked"],
  ])("%s: %s is %s [V-06, K-07]", (_title, kept, said) => {
    const verdict = judgeLate(kept, late);
    expect(verdict.kind === "conflict" ? verdict.code : verdict.kind).toBe(said);
  });

  test("names the number, or the boot, that two machines used [K-07]", () => {
    expect(judgeLate({ bootId: A, laterStartMs: 0 }, late)).toMatchObject({
      reason: { params: { seq: 38 } },
    });
    expect(judgeLate({ bootId: B, laterStartMs: 0 }, late)).toMatchObject({
      reason: { params: { bootCounter: 4 } },
    });
  });
});

describe("a heartbeat", () => {
  const beat: BeatPosition = { bootCounter: 5, startCounter: 9, beat: 7, bootId: A };

  test("counts only when it is newer than the newest one: a replay says nothing of now", () => {
    expect(judgeBeat(null, beat).kind).toBe("newer");
    expect(judgeBeat(beat, { ...beat, beat: 8 }).kind).toBe("newer");
    expect(judgeBeat(beat, beat).kind).toBe("replayed");
    expect(judgeBeat(beat, { ...beat, beat: 6 }).kind).toBe("replayed");
    expect(judgeBeat(beat, { ...beat, startCounter: 8, beat: 99 }).kind).toBe("replayed");
  });

  test("tells two machines apart like a report does [K-07]", () => {
    expect(judgeBeat(beat, { ...beat, bootId: B, beat: 8 })).toMatchObject({ code: "boot-forked" });
  });
});

test("order is total, antisymmetric and looks at no clock", () => {
  const position = fc.record({
    bootCounter: fc.integer({ min: 1, max: 4 }),
    startCounter: fc.integer({ min: 1, max: 4 }),
    seq: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(position, position, position, (a, b, c) => {
      expect(Math.sign(compareOrder(a, b)) + Math.sign(compareOrder(b, a))).toBe(0);
      if (compareOrder(a, b) <= 0 && compareOrder(b, c) <= 0)
        expect(compareOrder(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});

test("a machine that only ever counts up is never locked out [K-07]", () => {
  const steps = fc.array(fc.constantFrom("boot", "start", "report"), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (taken) => {
      let at: Position = { ...known };
      for (const step of taken) {
        const next = { ...at, seq: at.seq + 1 };
        if (step !== "report") next.startCounter += 1;
        if (step === "boot")
          Object.assign(next, { bootCounter: at.bootCounter + 1, bootId: `${at.bootCounter}` });
        expect(judgeOrder(at, next)).toEqual({ kind: "newer" });
        at = next;
      }
    }),
  );
});
