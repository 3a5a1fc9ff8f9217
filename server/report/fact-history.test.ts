import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  appendToHistory,
  type IntervalChange,
  insertIntoHistory,
  type Moment,
  type StableFacts,
  type StoredInterval,
} from "#server/report/fact-history.ts";
import { comparePlaces, momentOf } from "#server/report/place.ts";

type Row = StoredInterval & { from: Moment };
type Sent = { facts: StableFacts; moment: Moment };

/** The store's half of the bargain, in memory. */
function memoryHistory() {
  const rows: Row[] = [];
  const sent: Sent[] = [];
  let ids = 0;
  const apply = (changes: readonly IntervalChange[]) => {
    for (const change of changes) {
      const row = change.change === "open" ? undefined : rows.find((one) => one.id === change.id);
      if (change.change === "open")
        rows.push({
          id: `i${ids++}`,
          kind: change.kind,
          value: change.value,
          closedMs: change.closedMs,
          from: change.from,
        });
      else if (change.change === "close") row!.closedMs = change.atMs;
      else row!.from = change.from;
    }
  };
  const take = (one: Sent) => {
    const order = [...sent].sort((a, b) => comparePlaces(a.moment.place, b.moment.place));
    const after = order.find((other) => comparePlaces(other.moment.place, one.moment.place) > 0);
    const before = order.filter((other) => comparePlaces(other.moment.place, one.moment.place) < 0).at(-1);
    sent.push(one);
    if (after === undefined)
      return apply(
        appendToHistory(
          rows
            .filter((row) => row.closedMs === null)
            .map((row) => ({ ...row, same: JSON.stringify(row.value) === one.facts.get(row.kind)?.text })),
          one.facts,
          one.moment,
        ),
      );
    const covering = [...rows]
      .filter((row) => comparePlaces(row.from.place, one.moment.place) <= 0)
      .sort((a, b) => comparePlaces(a.from.place, b.from.place));
    const openedAfter = rows.filter((row) => comparePlaces(row.from.place, after.moment.place) === 0);
    apply(
      insertIntoHistory(
        { before: before?.facts ?? null, facts: one.facts, moment: one.moment, after },
        covering,
        openedAfter,
      ),
    );
  };
  const readable = () =>
    rows.map((row) => `${row.kind} ${JSON.stringify(row.value)} ${row.from.atMs}..${row.closedMs}`).sort();
  return { take, readable };
}

const facts = (values: Record<string, number | null>): StableFacts =>
  new Map(
    Object.entries(values).flatMap(([kind, value]) => {
      const stable = { observed: value };
      return value === null ? [] : [[kind, { value: stable, text: JSON.stringify(stable) }] as const];
    }),
  );

const place = (seq: number) => ({ bootCounter: 1 + Math.floor(seq / 7), startCounter: 1, seq });
const at = (seq: number): Moment => ({ place: place(seq), atMs: seq * 1000 });

describe("history", () => {
  test("reports in any order leave the history they would have left in order [EXP-6, V-06]", () => {
    const value = fc.option(fc.integer({ min: 0, max: 2 }));
    const run = fc.array(fc.record({ a: value, b: value }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(run, fc.infiniteStream(fc.nat()), (values, keys) => {
        const sent = values.map((one, index) => ({ facts: facts(one), moment: at(index + 1) }));
        const shuffled = sent
          .map((one) => ({ one, key: keys.next().value ?? 0 }))
          .sort((x, y) => x.key - y.key)
          .map(({ one }) => one);
        const inOrder = memoryHistory();
        const reordered = memoryHistory();
        for (const one of sent) inOrder.take(one);
        for (const one of shuffled) reordered.take(one);
        expect(reordered.readable()).toEqual(inOrder.readable());
      }),
      { numRuns: 500 },
    );
  });

  test("a kind that is no longer reported ends, and is not carried on as the old value [SEE-14]", () => {
    const history = memoryHistory();
    history.take({ facts: facts({ a: 1 }), moment: at(1) });
    history.take({ facts: facts({ a: null }), moment: at(2) });
    expect(history.readable()).toEqual(['a {"observed":1} 1000..2000']);
  });
});

describe("the moment of a report", () => {
  const report = { observedAtMs: 5000, skewMs: 0, receivedAtMs: 9000, afterMs: null, beforeMs: null };

  test("is when the facts were read, corrected by the scanner's skew [V-08]", () => {
    expect(momentOf(report)).toBe(5000);
    expect(momentOf({ ...report, observedAtMs: 1_005_000, skewMs: 1_000_000 })).toBe(5000);
  });

  test("never contradicts the order, whatever the scanner's clock says [V-08]", () => {
    expect(momentOf({ ...report, afterMs: 6000 })).toBe(6000);
    expect(momentOf({ ...report, observedAtMs: 8000, beforeMs: 7000 })).toBe(7000);
    expect(momentOf({ ...report, observedAtMs: 1e15 })).toBe(9000);
    expect(momentOf({ ...report, observedAtMs: 8000, afterMs: 9_500 })).toBe(9000);
  });
});
