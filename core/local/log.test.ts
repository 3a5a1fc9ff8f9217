import { expect, test } from "vitest";
import { isTooMany, type LocalEntry, localKind, NOTHING_LOCAL, newest, plainText, unheard } from "./log.ts";

const LOG = "019a5b1e-0000-7000-8000-000000000001";

function entry(seq: number, words: Partial<LocalEntry> = {}): LocalEntry {
  return {
    ...{ seq, atMs: 1000 * seq, act: "report", door: "page", result: "done" },
    ...{ changeId: null, to: null, text: null, ...words },
  };
}

const numbers = (entries: readonly LocalEntry[]) => entries.map(({ seq }) => seq);

test("only what was not heard yet is news, and what will never be heard is counted [OFF-2]", () => {
  const told = { ...NOTHING_LOCAL, log: LOG, entries: [entry(3), entry(4), entry(5)] };
  expect(numbers(unheard(told, { log: LOG, seq: 3 }).entries)).toEqual([4, 5]);
  expect(unheard(told, { log: LOG, seq: 5 })).toEqual({ entries: [], missed: 0 });
  expect(unheard(told, null)).toMatchObject({ missed: 2 });
  expect(numbers(unheard(told, { log: "another", seq: 99 }).entries)).toEqual([3, 4, 5]);
  expect(unheard(NOTHING_LOCAL, null)).toEqual({ entries: [], missed: 0 });
});

test("the newest entries travel, bounded in number and in length [SEE-14]", () => {
  const many = Array.from({ length: 50 }, (_, at) => entry(at + 1));
  expect(numbers(newest(many))).toEqual(numbers(many.slice(18)));
  const long = many.map((one) => ({ ...one, text: "x".repeat(1000) }));
  const told = newest(long);
  expect(told.at(-1)?.seq).toBe(50);
  expect(JSON.stringify(told).length).toBeLessThanOrEqual(8_000);
  expect(newest([entry(1, { text: "y".repeat(9_000) })])).toHaveLength(1);
});

test("what left the newest entries before the server was reached came with an earlier report, once [OFF-2, ADM-3]", () => {
  const all = Array.from({ length: 60 }, (_, at) => entry(at + 1, { text: "x".repeat(900) }));
  const heard: number[] = [];
  // Every report waits in the outbox and is answered in its turn; each may come twice.
  for (const count of all.keys()) {
    const told = { ...NOTHING_LOCAL, log: LOG, entries: newest(all.slice(0, count + 1)) };
    for (let again = 0; again < 2; again += 1) {
      const { entries, missed } = unheard(told, { log: LOG, seq: heard.at(-1) ?? 0 });
      heard.push(...numbers(entries));
      expect(missed).toBe(0);
    }
  }
  expect(heard).toEqual(numbers(all));
});

test("what a person types becomes a line that every database takes", () => {
  expect(plainText(" noise\u0000\n\u2028in the\ud800 image ")).toBe("noise in the image");
  expect(plainText("\n \u0007")).toBeNull();
  expect(plainText(`${"a".repeat(999)}😀`)).toBe("a".repeat(999));
});

test("whoever took the page over leaves twenty entries an hour and no more [LOC-1]", () => {
  const twenty = Array.from({ length: 20 }, (_, at) => entry(at + 1, { atMs: 5_000_000 }));
  expect(isTooMany(twenty, 5_000_000)).toBe(true);
  expect(isTooMany(twenty.slice(1), 5_000_000)).toBe(false);
  expect(isTooMany(twenty, 5_000_000 + 3_600_000)).toBe(false);
  const byRoot = twenty.map((one) => ({ ...one, door: "command" as const }));
  expect(isTooMany(byRoot, 5_000_000)).toBe(false);
});

test("an act of a newer scanner is a word of its own, never an error [SEE-14]", () => {
  const told = { log: LOG, entries: [{ ...entry(1), act: "sing" }], hold: null };
  expect(localKind.parse(told).entries[0]?.act).toBe("unknown");
  expect(localKind.safeParse({ ...told, entries: [{ ...entry(1), text: "x".repeat(1001) }] }).success).toBe(
    false,
  );
});
