import { describe, expect, test } from "vitest";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { type Here, instructionText, refuseInstruction } from "#core/trust/accept.ts";
import { type Instruction, LONGEST_INSTRUCTION_MS, PARDONS } from "#core/trust/instruction.ts";
import type { Matched } from "#core/trust/match.ts";

const NOW_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const TOP = "/nix/store/top";
const instruction: Instruction = {
  schema: "fiducial.instruction/1",
  scannerId: scannerIdSchema.parse("019a5b1e-0000-7000-8000-0000000000a1"),
  changeId: "019a5b1e-0000-7000-8000-0000000000c1",
  seq: 4,
  action: "activate",
  release: "2026.2",
  system: "scanner",
  toplevel: TOP,
  notBeforeMs: NOW_MS - HOUR_MS,
  notAfterMs: NOW_MS + HOUR_MS,
  slots: [],
  requestedBy: "A. Engineer",
};
const here: Here = {
  nowMs: NOW_MS,
  last: { seq: 3, text: "before" },
  running: { release: "2026.1", counter: 6 },
  confirmed: [],
  blocked: [],
  held: false,
};

function matched(
  words: Partial<Instruction> = {},
  change: Partial<Matched["custom"]> = {},
  floor = 0,
): Matched {
  return {
    instruction: { ...instruction, ...words },
    target: { path: "releases/2026.2/release.json", length: 1, hashes: { sha256: "ab".repeat(32) } },
    custom: { counter: 7, floor: 0, withdrawn: null, ...change },
    floor,
  };
}
const word = (one: Matched, at: Partial<Here> = {}) =>
  refuseInstruction(one, { ...here, ...at })?.refused ?? null;
const BACK = { action: "rollback", notBeforeMs: NOW_MS, notAfterMs: NOW_MS + 60_000 } as const;

test("forward to a higher counter, on a scanner that knows of no release, and again to the one that runs", () => {
  expect(word(matched())).toBeNull();
  expect(word(matched({ action: "stage" }))).toBeNull();
  expect(word(matched({}, { counter: 1 }), { running: null, last: null })).toBeNull();
  expect(word(matched({ release: "2026.1" }, { counter: 6 }))).toBeNull();
});

test("back to what was confirmed here, whatever its counter [ACT-4]", () => {
  expect(word(matched(BACK, { counter: 2 }), { confirmed: [TOP] })).toBeNull();
  expect(word(matched(BACK, { counter: 2, withdrawn: "old" }), { confirmed: [TOP] })).toBeNull();
});

test("the same instruction fetched again is the same, also after it ran out", () => {
  const last = { seq: 4, text: instructionText(instruction) };
  expect(word(matched(), { last })).toBeNull();
  expect(word(matched(), { last, nowMs: instruction.notAfterMs + 1 })).toBeNull();
});

describe("refused, each by its own word [SIG-2]", () => {
  test("valid for longer than such an instruction may be [E-13]", () => {
    const tenYears = { notAfterMs: NOW_MS + 10 * 365 * 24 * HOUR_MS };
    expect(word(matched(tenYears))).toBe("instruction-too-long");
    const longest = LONGEST_INSTRUCTION_MS.rollback;
    const back = { ...BACK, notAfterMs: NOW_MS + longest };
    expect(word(matched(back), { confirmed: [TOP] })).toBeNull();
    expect(word(matched({ ...back, notAfterMs: back.notAfterMs + 1 }), { confirmed: [TOP] })).toBe(
      "instruction-too-long",
    );
  });

  test("valid in a far future, so that it could be kept for later [E-13]", () => {
    const later = NOW_MS + LONGEST_INSTRUCTION_MS.activate + 10 * 60_000;
    expect(word(matched({ notBeforeMs: later - HOUR_MS, notAfterMs: later }))).toBe("instruction-too-long");
  });

  test("over before it begins", () => {
    expect(word(matched({ notBeforeMs: NOW_MS, notAfterMs: NOW_MS - 1 }))).toBe("instruction-too-long");
  });

  test("an old number [E-07], and another instruction under the last number [E-08]", () => {
    expect(word(matched({ seq: 2 }))).toBe("replayed");
    expect(word(matched({ seq: 3 }))).toBe("same-sequence");
  });

  test("too late", () => {
    expect(word(matched(), { nowMs: instruction.notAfterMs })).toBeNull();
    expect(word(matched(), { nowMs: instruction.notAfterMs + 1 })).toBe("instruction-expired");
  });

  test("below the floor, forward as back [E-05]", () => {
    expect(word(matched({}, { counter: 7 }, 8))).toBe("below-floor");
    expect(word(matched(BACK, { counter: 7 }, 8), { confirmed: [TOP] })).toBe("below-floor");
    expect(word(matched({}, { counter: 8 }, 8))).toBeNull();
  });

  test("back to what was never confirmed here [E-06]", () => {
    expect(word(matched(BACK))).toBe("never-confirmed-here");
  });

  test("withdrawn by those who signed it", () => {
    expect(refuseInstruction(matched({}, { withdrawn: "does not boot" }), here)).toEqual({
      refused: "withdrawn",
      where: "instruction",
      detail: "does not boot",
    });
  });

  test("not above what runs: an older release, and a second one with the same counter", () => {
    expect(word(matched({}, { counter: 5 }))).toBe("older-release");
    expect(word(matched({}, { counter: 6 }))).toBe("older-release");
  });

  test("anything new while it is held since it went back by itself; back stays possible [ACT-6]", () => {
    for (const action of ["stage", "activate"] as const)
      expect(word(matched({ action }), { held: true })).toBe("held");
    expect(word(matched(BACK), { held: true, confirmed: [TOP] })).toBeNull();
  });

  test("blocked on this scanner, for going forward as for going back", () => {
    expect(word(matched(), { blocked: [TOP] })).toBe("blocked-here");
    expect(word(matched(BACK), { blocked: [TOP], confirmed: [TOP] })).toBe("blocked-here");
  });
});

describe("a pardon brings nothing here and is judged by its place in the sequence alone [ACT-5, ACT-6]", () => {
  const pardons = PARDONS.map((action) => ({ action, failedChangeId: "one" }));

  test("whatever became of the release that failed", () => {
    for (const words of pardons) {
      const failed = matched(words, { counter: 1, withdrawn: "does not boot" }, 9);
      expect(word(failed, { blocked: [TOP], held: true })).toBeNull();
    }
  });

  test("replayed, counted twice, too late or too long it is refused like any instruction [E-07, E-08, E-13]", () => {
    for (const words of pardons) {
      expect(word(matched({ ...words, seq: 2 }))).toBe("replayed");
      expect(word(matched({ ...words, seq: 3 }))).toBe("same-sequence");
      expect(word(matched(words), { nowMs: instruction.notAfterMs + 1 })).toBe("instruction-expired");
      const long = { ...words, notAfterMs: NOW_MS + LONGEST_INSTRUCTION_MS[words.action] + HOUR_MS };
      expect(word(matched(long))).toBe("instruction-too-long");
    }
  });
});

test("the most telling word wins: a replay of something long over is a replay, and one below the floor is not merely old", () => {
  const longAgo = { seq: 1, notBeforeMs: 1, notAfterMs: 2 };
  expect(word(matched(longAgo))).toBe("replayed");
  expect(word(matched({}, { counter: 5, withdrawn: "old" }, 6), { blocked: [TOP] })).toBe("below-floor");
});
