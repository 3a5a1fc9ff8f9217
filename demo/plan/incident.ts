import type { FaultId } from "#demo/fault/fault-id.ts";
import { happensTo } from "#demo/plan/condition.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "#demo/plan/duration.ts";
import type { Story } from "#demo/plan/history.ts";
import type { ScannerMoment } from "#demo/plan/moment.ts";
import { TECHNICIANS } from "#demo/plan/people.ts";
import { ALIASES } from "#demo/plan/places.ts";
import type { Random } from "#demo/plan/random.ts";
import { isAnni } from "#demo/plan/scanner-card.ts";

/** What went wrong on a scanner, and what else happened to it: boots, silences, people. */

/** The fault of its condition, begun a quarter of an hour to five days ago; what endangers somebody is never old. */
export function faultNow({ condition, order }: Story, settledMs: number, random: Random): ScannerMoment[] {
  // F03 comes with the release that has it (rollout.ts), so it is not planned twice.
  if (!("fault" in condition) || condition.fault === "F03") return [];
  const doublings = condition.word === "unsafe" ? 4.5 : 8.8;
  const drawnMs = Math.round(order.nowMs - 16 * MINUTE_MS * 2 ** (random.next() * doublings));
  const sinceMs = Math.max(drawnMs, settledMs);
  const { fault } = condition;
  return [{ kind: "fault-began", atMs: sinceMs, fault }];
}

/** How long each of the faults that come and go lasts, hours. */
const PASSING: readonly { fault: FaultId; hours: readonly [number, number] }[] = [
  { fault: "F25", hours: [1, 40] },
  { fault: "F07", hours: [2, 30] },
  { fault: "F02", hours: [4, 60] },
  { fault: "F23", hours: [0.5, 6] },
  { fault: "F26", hours: [0.15, 0.8] },
  { fault: "F10", hours: [1, 8] },
  { fault: "F24", hours: [0.3, 3] },
  { fault: "F08", hours: [0.7, 3] },
  { fault: "F19", hours: [2, 20] },
  { fault: "F05", hours: [3, 50] },
  { fault: "F12", hours: [0.2, 2] },
  { fault: "F11", hours: [0.3, 2] },
];

type Span = { fromMs: number; untilMs: number };

/** Told around what is planned already: two stories that overlap would be a third. */
export function pastEvents(story: Story, planned: readonly ScannerMoment[], random: Random): ScannerMoment[] {
  const busy = busySpans(story, planned);
  const free: Span = { fromMs: firstMs(planned) + DAY_MS, untilMs: story.order.nowMs - 12 * HOUR_MS };
  const told: ScannerMoment[] = [];
  const place = (hours: number, moments: (fromMs: number, untilMs: number) => ScannerMoment[]) => {
    const span = freeSpan(free, busy, hours * HOUR_MS, random);
    if (span === null) return;
    busy.push(around(span.fromMs, span.untilMs));
    told.push(...moments(span.fromMs, span.untilMs));
  };
  for (const { fault, hours } of faultsPassed(story, random))
    place(hours, (fromMs, untilMs) => [
      { kind: "fault-began", atMs: fromMs, fault },
      { kind: "fault-ended", atMs: untilMs, fault },
    ]);
  for (let boots = random.int(0, 1); boots > 0; boots -= 1) {
    place(0.2, (fromMs) => [{ kind: "booted", atMs: fromMs }]);
  }
  for (let silences = random.int(0, 3); silences > 0; silences -= 1)
    place(0.15 * 2 ** (random.next() * 6.5), (atMs, untilMs) => [{ kind: "silent", atMs, untilMs }]);
  if (random.chance(0.15)) place(0.1, (atMs) => renamed(story, atMs, random));
  return told;
}

function faultsPassed({ card }: Story, random: Random): { fault: FaultId; hours: number }[] {
  const possible = PASSING.filter(({ fault }) => happensTo(fault, card.model));
  const count = random.pick([0, 0, 0, 1, 1, 1, 1, 2, 2, 3]);
  return Array.from({ length: count }, () => {
    const { fault, hours } = random.pick(possible);
    return { fault, hours: hours[0] + random.next() ** 2 * (hours[1] - hours[0]) };
  });
}

/** The present name is the one that somebody gave it then. */
function renamed({ card, site }: Story, atMs: number, random: Random): ScannerMoment[] {
  if (card.alias === null || isAnni(card)) return [];
  const by = random.pick(TECHNICIANS[site.region]);
  const before = random.pick(ALIASES.filter((alias) => alias !== card.alias));
  return [{ kind: "renamed", atMs, by, from: before, to: card.alias, reason: "The ward calls it so" }];
}

const MARGIN_MS = 2 * HOUR_MS;

function around(fromMs: number, untilMs: number): Span {
  return { fromMs: fromMs - MARGIN_MS, untilMs: untilMs + MARGIN_MS };
}

function firstMs(planned: readonly ScannerMoment[]): number {
  return Math.min(...planned.map(({ atMs }) => atMs));
}

/** Every planned moment, the time a planned fault lasts, and for a scanner in trouble everything since that began. */
function busySpans({ condition, order }: Story, planned: readonly ScannerMoment[]): Span[] {
  const spans = planned.map(({ atMs }) => around(atMs, atMs));
  for (const { kind, atMs } of planned) {
    if (kind !== "fault-began") continue;
    const ended = planned.find((one) => one.kind === "fault-ended" && one.atMs > atMs);
    spans.push(around(atMs, ended?.atMs ?? order.nowMs));
  }
  if (condition.word === "offline") spans.push(around(order.nowMs - 10 * DAY_MS, order.nowMs));
  return spans;
}

const TRIES = 6;

function freeSpan(within: Span, busy: readonly Span[], lengthMs: number, random: Random): Span | null {
  const roomMs = within.untilMs - within.fromMs - lengthMs;
  if (roomMs <= 0) return null;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const fromMs = Math.round(within.fromMs + random.next() * roomMs);
    const untilMs = Math.round(fromMs + lengthMs);
    if (busy.every((one) => untilMs < one.fromMs || fromMs > one.untilMs)) return { fromMs, untilMs };
  }
  return null;
}
