import type { CHANGES } from "#core/headline/axes.ts";
import type { Interval, Timeline } from "#server/scanner/view.ts";

/** What the drawing joins so that it stays readable over fourteen months; the table beside it lists everything by itself. */

type Classed = Interval & { tone: NonNullable<Interval["tone"]> };
const CLASSES = ["safety", "function", "config", "info"] as const;

/**
 * Findings of one class that were open at the same time, or one right after the other, are one bar that says how many they are.
 * Most severe class first, so it lies highest.
 */
export function findingGroups(findings: readonly Interval[]): Interval[] {
  return CLASSES.flatMap((itemClass) =>
    joined(findings.filter((one): one is Classed => one.tone === itemClass)),
  );
}

function joined(findings: readonly Classed[]): Interval[] {
  const groups: { first: Classed; closedMs: number | null; items: Set<string> }[] = [];
  for (const one of [...findings].sort((a, b) => a.openedMs - b.openedMs)) {
    const last = groups.at(-1);
    const item = String(one.label);
    if (last === undefined || (last.closedMs !== null && one.openedMs > last.closedMs)) {
      groups.push({ first: one, closedMs: one.closedMs, items: new Set([item]) });
      continue;
    }
    last.items.add(item);
    last.closedMs = later(last.closedMs, one.closedMs);
  }
  return groups.map(({ first, closedMs, items }) => ({
    ...first,
    closedMs,
    label: items.size === 1 ? first.label : { code: "findings", params: { count: items.size } },
  }));
}

/** Null: still open, which is later than any time. */
function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}

export type Phase = {
  state: (typeof CHANGES)[number] | "unknown";
  openedMs: number;
  closedMs: number | null;
};

/** States of a change that say how well a release stands here; downloads and waiting happened under the release before. */
const TOLD: readonly Phase["state"][] = [
  "activating",
  "probation",
  "confirmed",
  "rolling-back",
  "rollback-failed",
];

/** What the scanner told of its change while one release ran, cut to that time. */
export function phasesWithin(
  { openedMs, closedMs }: Pick<Interval, "openedMs" | "closedMs">,
  changes: Timeline["lanes"]["changes"],
): Phase[] {
  const phases: Phase[] = [];
  for (const change of changes) {
    const from = Math.max(change.openedMs, openedMs);
    const to = earlier(change.closedMs, closedMs);
    if (!TOLD.includes(change.state) || (to !== null && to <= from)) continue;
    const last = phases.at(-1);
    if (last?.state === change.state && last.closedMs === from) last.closedMs = to;
    else phases.push({ state: change.state, openedMs: from, closedMs: to });
  }
  return phases;
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
