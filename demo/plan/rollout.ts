import { type ChangeTold, NO_CHANGE } from "#core/report/change-kind.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "#demo/plan/duration.ts";
import type { Story } from "#demo/plan/history.ts";
import { nextLocal } from "#demo/plan/local-time.ts";
import type { ScannerMoment } from "#demo/plan/moment.ts";
import { planId } from "#demo/plan/plan-id.ts";
import type { Random } from "#demo/plan/random.ts";
import type { DemoRelease } from "#demo/release/release.ts";

/** Which releases a scanner was given and when it took them. */

/** When the first scanner was enrolled: a day after the oldest release came out. */
export function fleetStartMs(nowMs: number): number {
  return nowMs - 423 * DAY_MS;
}

export type Begun = { enrolledMs: number; release: DemoRelease; moments: ScannerMoment[] };

/** Seven of ten scanners came in the fleet's first weeks, the others one by one until a month ago. */
export function enrolment({ order, releases }: Story, random: Random): Begun {
  const startMs = fleetStartMs(order.nowMs);
  const settledMs = startMs + 20 * DAY_MS;
  const early = random.chance(0.7);
  const [fromMs, untilMs] = early ? [startMs, settledMs] : [settledMs, order.nowMs - 30 * DAY_MS];
  const enrolledMs = Math.round(fromMs + random.next() * (untilMs - fromMs));
  const release = releases.findLast(({ publishedAtMs, flaw }) => publishedAtMs < enrolledMs && flaw === null);
  if (release === undefined) throw new Error("the fleet began before its first release");
  // A technician compared the key, then the first report came.
  const firstMs = enrolledMs + random.int(4, 25) * MINUTE_MS;
  return {
    enrolledMs,
    release,
    moments: [
      { kind: "enrolled", atMs: firstMs, release: release.name, by: "okonkwo" },
      { kind: "pinned", atMs: firstMs + MINUTE_MS, release: release.name, by: "lindqvist" },
    ],
  };
}

export type Rolled = {
  moments: ScannerMoment[];
  release: string;
  pinnedRelease: string;
  change: ChangeTold | null;
};

type Cohort = "pilot" | "early" | "late";

/** Days after publication at which a cohort is given a release. */
const DAYS_TO_PIN: Record<Cohort, readonly [number, number]> = {
  pilot: [1, 3],
  early: [4, 7],
  late: [8, 12],
};
const SKIPPED = 0.5;

export function rollouts(story: Story, begun: Begun, random: Random): Rolled {
  const cohort = cohortOf(random);
  const rolled: Rolled = {
    moments: [],
    release: begun.release.name,
    pinnedRelease: begun.release.name,
    change: null,
  };
  const coming = story.releases.filter(({ publishedAtMs }) => publishedAtMs > begun.enrolledMs);
  for (const release of coming) {
    const newest = release.counter === story.releases.length;
    if (newest) takeNewest(story, rolled, { release, cohort, random });
    else if (release.flaw !== null) tryFlawed(story, rolled, { release, cohort, random });
    else if (!random.chance(SKIPPED))
      take(story, rolled, { release, pinMs: pinTime(release, cohort, random), random });
  }
  return rolled;
}

function cohortOf(random: Random): Cohort {
  const draw = random.next();
  if (draw < 0.05) return "pilot";
  return draw < 0.4 ? "early" : "late";
}

function pinTime({ publishedAtMs }: DemoRelease, cohort: Cohort, random: Random): number {
  const [from, until] = DAYS_TO_PIN[cohort];
  return Math.round(publishedAtMs + (from + random.next() * (until - from)) * DAY_MS);
}

/** `nights`: how many pass before it is taken; left out: drawn. */
type Step = { release: DemoRelease; pinMs: number; nights?: number; random: Random };

function take(story: Story, rolled: Rolled, step: Step): void {
  pin(rolled, step);
  const nights = step.nights ?? (step.random.chance(0.6) ? 0 : step.random.int(1, 4));
  const minute = step.random.int(2 * 60, 4 * 60 + 30);
  const atMs =
    nextLocal(story.site.timeZone, step.pinMs + nights * DAY_MS, minute) + step.random.int(0, 59) * 1_000;
  switchTo(story, rolled, { ...step, atMs });
  const sinceMs = atMs + step.random.int(5, 8) * MINUTE_MS;
  tell(rolled, sinceMs, { ...changeOf(story, rolled, step.release), state: "confirmed", sinceMs });
}

/** A full report just before, because nobody is given a release on old facts. */
function pin(rolled: Rolled, { release, pinMs }: Step): void {
  rolled.moments.push(
    { kind: "reported", atMs: pinMs - 5_000 },
    { kind: "pinned", atMs: pinMs, release: release.name, by: "lindqvist" },
  );
  rolled.pinnedRelease = release.name;
}

/** It comes back in probation: what it runs is new, and not yet kept. */
function switchTo(story: Story, rolled: Rolled, { release, atMs }: Step & { atMs: number }): void {
  const change: ChangeTold = {
    ...changeOf(story, rolled, release),
    state: "probation",
    sinceMs: atMs,
    budgetMs: 10 * MINUTE_MS,
  };
  rolled.moments.push({ kind: "switched", atMs, release: release.name, change });
  rolled.change = change;
  rolled.release = release.name;
}

function tell(rolled: Rolled, atMs: number, change: ChangeTold): void {
  rolled.moments.push({ kind: "changed", atMs, change });
  rolled.change = change;
}

function changeOf({ card, order }: Story, rolled: Rolled, to: DemoRelease): ChangeTold {
  const from = rolled.change?.to === to.name ? rolled.change.from : rolled.release;
  return {
    ...NO_CHANGE,
    changeId: planId(order.seed, `change ${card.serial} ${to.name}`, to.publishedAtMs),
    from,
    to: to.name,
    energised: false,
  };
}

type Offer = { release: DemoRelease; cohort: Cohort; random: Random };

/** The pilots took it, lost their acquisition cards (F03), and went back within a week; nobody else was given it. */
function tryFlawed(story: Story, rolled: Rolled, { release, cohort, random }: Offer): void {
  const before = story.releases.find(({ name }) => name === rolled.release);
  const stays = story.condition.word === "degraded" && story.condition.fault === "F03";
  if (before === undefined || cohort !== "pilot" || stays) return;
  const pinMs = pinTime(release, cohort, random);
  take(story, rolled, { release, pinMs, random });
  const brokenMs = lastSwitchMs(rolled);
  rolled.moments.push({ kind: "fault-began", atMs: brokenMs, fault: "F03" });
  take(story, rolled, { release: before, pinMs: brokenMs + random.int(30, 60) * HOUR_MS, random });
  rolled.moments.push({ kind: "fault-ended", atMs: lastSwitchMs(rolled), fault: "F03" });
}

/** The newest one: taken by all but those whose condition says otherwise. */
function takeNewest(story: Story, rolled: Rolled, { release, cohort, random }: Offer): void {
  const { condition } = story;
  const step = { release, pinMs: pinTime(release, cohort, random), random };
  if (condition.word === "behind") pin(rolled, step);
  else if (condition.word === "updating") changeNow(story, rolled, { ...step, state: condition.state });
  else if (condition.word === "degraded" && condition.fault === "F03") keepFlawed(story, rolled, random);
  else take(story, rolled, step);
}

/** The one that is still broken was given the flawed release by mistake, after it had been withdrawn. */
function keepFlawed(story: Story, rolled: Rolled, random: Random): void {
  const flawed = story.releases.find(({ flaw }) => flaw !== null);
  if (flawed === undefined) return;
  const pinMs = story.order.nowMs - random.int(60, 100) * HOUR_MS;
  take(story, rolled, { release: flawed, pinMs, nights: 0, random });
  rolled.moments.push({ kind: "fault-began", atMs: lastSwitchMs(rolled), fault: "F03" });
}

function lastSwitchMs({ moments }: Rolled): number {
  return moments.findLast(({ kind }) => kind === "switched")?.atMs ?? 0;
}

/** Long enough that nobody who looks at the example for a day sees it stall by itself. */
const LONG_BUDGET_MS = 20 * HOUR_MS;

function changeNow(
  story: Story,
  rolled: Rolled,
  { release, random, state }: Step & { state: "armed" | "activating" | "probation" },
): void {
  const { nowMs } = story.order;
  pin(rolled, { release, pinMs: nowMs - random.int(100, 300) * MINUTE_MS, random });
  const sinceMs = nowMs - random.int(15, 40) * MINUTE_MS;
  if (state === "probation")
    switchTo(story, rolled, { release, atMs: sinceMs - 2 * MINUTE_MS, pinMs: sinceMs, random });
  const change = { ...changeOf(story, rolled, release), state, sinceMs, budgetMs: LONG_BUDGET_MS };
  tell(rolled, sinceMs, change);
}
