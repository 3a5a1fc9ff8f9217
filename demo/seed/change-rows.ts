import { type ChangeTold, NO_CHANGE } from "#core/report/change-kind.ts";
import { healthOf, isSigned, systemNameOf } from "#demo/ceremony/release-file.ts";
import { DAY_MS, MINUTE_MS } from "#demo/plan/duration.ts";
import type { FleetPlan, PlannedScanner } from "#demo/plan/plan.ts";
import { planId } from "#demo/plan/plan-id.ts";
import type { DemoRelease } from "#demo/release/release.ts";
import { type Row, rootOf, userIdOf } from "#demo/seed/scanner-rows.ts";

/** Changes to signed releases that the scanners' histories tell of, as the server would have kept them. */

type Told = { change: ChangeTold; atMs: number };
type Past = { scanner: PlannedScanner; to: DemoRelease; from: DemoRelease | null; told: readonly Told[] };

export function changeRows(plan: FleetPlan): { Change: Row[]; ChangeStep: Row[] } {
  const past = plan.scanners.flatMap((scanner) => pastOf(plan, scanner));
  return {
    Change: past.map((one) => changeRow(plan, one)),
    ChangeStep: past.flatMap((one) => stepRows(plan, one)),
  };
}

/** The last time that a scanner came to each release. */
function pastOf(plan: FleetPlan, scanner: PlannedScanner): Past[] {
  const named = (name: string | null) =>
    plan.releases[scanner.model].find((one) => one.name === name) ?? null;
  const tellings: Told[][] = [];
  for (const one of scanner.moments) {
    if (one.kind === "enrolled") tellings.push([delivered(plan, scanner, one)]);
    if (one.kind !== "switched" && one.kind !== "changed") continue;
    const last = tellings.at(-1);
    const isSame = last?.[0]?.change.changeId === one.change.changeId && !isOver(last?.at(-1)?.change);
    if (isSame) last?.push(one);
    else tellings.push([one]);
  }
  const byRelease = new Map(tellings.map((told) => [told[0]?.change.to ?? null, told]));
  return [...byRelease].flatMap(([name, told]) => {
    const to = named(name);
    if (to === null || !isSigned(plan, to)) return [];
    return { scanner, to, from: named(told[0]?.change.from ?? null), told };
  });
}

/** What it came with was proved on it before it left the factory: it can go back to that. */
function delivered(
  plan: FleetPlan,
  { serial }: PlannedScanner,
  one: { atMs: number; release: string },
): Told {
  const { atMs, release } = one;
  const changeId = planId(plan.seed, `delivered ${serial}`, atMs);
  const change: ChangeTold = { ...NO_CHANGE, state: "confirmed", sinceMs: atMs, changeId, to: release };
  return { atMs, change };
}

function isOver(change: ChangeTold | undefined): boolean {
  return change?.state === "confirmed";
}

const ASKED_BEFORE_MS = 25 * MINUTE_MS;

function idOf({ told }: Past): string {
  return told[0]?.change.changeId ?? "";
}

function askedMs({ told }: Past): number {
  return (told[0]?.atMs ?? 0) - ASKED_BEFORE_MS;
}

function changeRow(plan: FleetPlan, past: Past): Row {
  const { scanner, to, from, told } = past;
  const { model, serial } = scanner;
  const last = told.at(-1);
  const requestedMs = askedMs(past);
  const ended = isOver(last?.change);
  return {
    id: idOf(past),
    ...rootOf(plan, scanner),
    requestKey: planId(plan.seed, `asked ${serial} ${to.name}`, requestedMs),
    action: from !== null && from.counter > to.counter ? "rollback" : "activate",
    releaseId: planId(plan.seed, `release ${model} ${to.name}`, to.publishedAtMs),
    releaseName: to.name,
    system: systemNameOf(model),
    toplevel: to.toplevel,
    fromToplevel: from?.toplevel ?? null,
    fromBooted: from?.toplevel ?? null,
    safety: healthOf(model).safety,
    reason: from === null ? "As delivered" : "As planned",
    requestedBy: userIdOf(plan, "hartmann"),
    requestedAt: new Date(requestedMs),
    notBefore: new Date(requestedMs),
    notAfter: new Date(requestedMs + 7 * DAY_MS),
    state: last?.change.state ?? "offered",
    stateSince: new Date(last?.atMs ?? requestedMs),
    budgetMs: ended ? null : (last?.change.budgetMs ?? null),
    energised: false,
    evidence: ended ? { json: evidenceOf(to, last?.atMs ?? 0) } : null,
    seq: 1,
    directorVersion: 1,
    instructedAt: new Date(requestedMs + 2_000),
    endedAt: ended ? new Date(last?.atMs ?? 0) : null,
  };
}

function evidenceOf({ toplevel }: DemoRelease, atMs: number) {
  return { atMs, running: toplevel, booted: toplevel, profile: toplevel, nextBoot: toplevel, safety: "ok" };
}

function stepRows(plan: FleetPlan, past: Past): Row[] {
  const { scanner, told, to } = past;
  const root = rootOf(plan, scanner);
  const step = (state: string, atMs: number, by: { source: string; actor: string }): Row => ({
    id: planId(plan.seed, `step ${scanner.serial} ${to.name} ${state}`, atMs),
    ...root,
    changeId: idOf(past),
    at: new Date(atMs),
    state,
    reason: null,
    ...by,
    detail: { json: {} },
  });
  const own = { source: "scanner", actor: scanner.scannerId };
  return [
    step("offered", askedMs(past), { source: "person", actor: userIdOf(plan, "hartmann") }),
    ...told.map(({ change, atMs }) => step(change.state, atMs, own)),
  ];
}
