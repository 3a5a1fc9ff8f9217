import { type StableFact, stableFact, stableText } from "#core/report/digest.ts";
import type { FactKind } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import type { Sequence } from "#server/scanner/view.ts";

/**
 * History as intervals (EXP-6): one for each run of reports that say the same about a fact kind. Every function here answers
 * with the changes to make; nothing is read or written.
 */
export type StableFacts = ReadonlyMap<string, { value: StableFact; text: string }>;

export function stableFacts(facts: Facts): StableFacts {
  const kinds = Object.keys(facts) as FactKind[];
  return new Map(
    kinds.flatMap((kind) => {
      const fact = facts[kind];
      if (fact === undefined) return [];
      const value = stableFact(kind, fact);
      return [[kind, { value, text: stableText(value) }] as const];
    }),
  );
}

/** One report's place in the order and its moment in history. */
export type Moment = { place: Sequence; atMs: number };

export type StoredInterval = { id: string; kind: string; value: unknown; closedMs: number | null };

/** `same`: the newest report says just that of this kind. */
export type OpenInterval = { id: string; kind: string; same: boolean };

export type IntervalChange =
  | { change: "open"; kind: string; value: unknown; from: Moment; closedMs: number | null }
  | { change: "close"; id: string; atMs: number }
  /** The run began earlier than known until now. */
  | { change: "begin-earlier"; id: string; from: Moment };

/** The newest report against the intervals still open. A kind it does not speak of ends there: silence is not the old value (SEE-14). */
export function appendToHistory(
  open: readonly OpenInterval[],
  now: StableFacts,
  moment: Moment,
): IntervalChange[] {
  const changes: IntervalChange[] = [];
  const running = new Set<string>();
  for (const interval of open) {
    if (interval.same) running.add(interval.kind);
    else changes.push({ change: "close", id: interval.id, atMs: moment.atMs });
  }
  for (const [kind, { value }] of now)
    if (!running.has(kind)) changes.push({ change: "open", kind, value, from: moment, closedMs: null });
  return changes;
}

/** A late report between its neighbours: `before` is the one just before it in the order (null: none), `after` the one just after. */
export type LateReport = {
  before: StableFacts | null;
  facts: StableFacts;
  moment: Moment;
  after: { facts: StableFacts; moment: Moment };
};

/**
 * Where a late report falls into history. `covering` holds, per kind, the newest interval opened at or before the late report's
 * place; `openedAfter` the interval opened exactly by the report after it. The result is the same as if the report had come in time.
 */
export function insertIntoHistory(
  late: LateReport,
  covering: readonly StoredInterval[],
  openedAfter: readonly StoredInterval[],
): IntervalChange[] {
  const covers = new Map(covering.map((one) => [one.kind, one]));
  const follows = new Map(openedAfter.map((one) => [one.kind, one]));
  const kinds = new Set([...(late.before?.keys() ?? []), ...late.facts.keys(), ...late.after.facts.keys()]);
  return [...kinds].flatMap((kind) =>
    insertKind({ kind, late, covering: covers.get(kind), following: follows.get(kind) }),
  );
}

function insertKind(one: {
  kind: string;
  late: LateReport;
  covering: StoredInterval | undefined;
  following: StoredInterval | undefined;
}): IntervalChange[] {
  const { kind, late, covering, following } = one;
  const before = late.before?.get(kind)?.text;
  const here = late.facts.get(kind);
  const after = late.after.facts.get(kind);
  if (here?.text === before) return [];
  const changes: IntervalChange[] = [];
  if (before !== undefined && covering !== undefined)
    changes.push({ change: "close", id: covering.id, atMs: late.moment.atMs });
  if (here !== undefined && here.text === after?.text && following !== undefined)
    return [...changes, { change: "begin-earlier", id: following.id, from: late.moment }];
  if (here !== undefined)
    changes.push({
      change: "open",
      kind,
      value: here.value,
      from: late.moment,
      closedMs: late.after.moment.atMs,
    });
  // The run went on across the late report: what came after it is a run of its own now, and ends where the whole ended.
  if (before !== undefined && before === after?.text && covering !== undefined)
    changes.push({
      change: "open",
      kind,
      value: after.value,
      from: late.after.moment,
      closedMs: covering.closedMs,
    });
  return changes;
}
