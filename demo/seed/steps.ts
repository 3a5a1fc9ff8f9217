import type { Service } from "#core/headline/axes.ts";
import type { HostState } from "#demo/host/host-state.ts";
import { pictureOf } from "#demo/host/picture.ts";
import type { Systems } from "#demo/host/systems.ts";
import type { ScannerMoment } from "#demo/plan/moment.ts";
import type { PersonKey } from "#demo/plan/people.ts";
import type { FleetPlan, PlannedScanner } from "#demo/plan/plan.ts";
import { randomFor } from "#demo/plan/random.ts";
import { hostStateAt } from "#demo/seed/host-state-at.ts";

/** Place of a message in a scanner's own order. */
export type Order = { bootCounter: number; startCounter: number; seq: number };

/** What a server would see of one scanner, in its order; times by the true clock. */
export type ReportStep = {
  kind: "report";
  atMs: number;
  state: HostState;
  bootId: string;
  /** The scanner's clock minus the true one. */
  clockOffsetMs: number;
  order: Order;
};
export type OtherStep =
  /** The heartbeat after a report: it shows the clock, and whether the link is back. */
  | { kind: "beat"; atMs: number }
  | { kind: "pin"; atMs: number; release: string; by: PersonKey }
  | { kind: "service"; atMs: number; service: Service; reason: string; by: PersonKey }
  /** Last heard at `atMs`, heard again at `untilMs`; null: not yet. */
  | { kind: "silence"; atMs: number; untilMs: number | null };
export type Step = ReportStep | OtherStep;

const BEAT_AFTER_MS = 15_000;

/** Numbers are reserved in blocks of this many, and a start begins a new block (agent/link/counters.ts). */
const SEQ_BLOCK = 32;

export function stepsOf(plan: FleetPlan, scanner: PlannedScanner, systems: Systems): Step[] {
  const { nowMs } = plan;
  const { silentSinceMs } = scanner.now;
  const reports = reportsOf(plan, scanner, systems);
  const beats = reports.map(({ atMs }): Step => ({ kind: "beat", atMs: atMs + BEAT_AFTER_MS }));
  const lastBeatMs = nowMs - randomFor(plan.seed, "beat", scanner.serial).int(0, BEAT_AFTER_MS);
  const end: Step =
    silentSinceMs === null
      ? { kind: "beat", atMs: Math.max(lastBeatMs, beats.at(-1)?.atMs ?? 0) }
      : { kind: "silence", atMs: silentSinceMs, untilMs: null };
  const steps = [...reports, ...beats, ...scanner.moments.flatMap(otherStep), end];
  return steps
    .filter((one) => one === end || one.atMs < (silentSinceMs ?? nowMs))
    .sort((a, b) => a.atMs - b.atMs);
}

const REPORTED: readonly ScannerMoment["kind"][] = [
  "enrolled",
  "switched",
  "booted",
  "changed",
  "fault-began",
  "fault-ended",
  "reported",
];

/** One report for all that happened at one moment. The boot is that of the host with its faults: some of them boot it. */
function reportsOf(plan: FleetPlan, scanner: PlannedScanner, systems: Systems): ReportStep[] {
  const times = scanner.moments.flatMap(({ kind, atMs }) => (REPORTED.includes(kind) ? [atMs] : []));
  const order: Order = { bootCounter: 0, startCounter: 0, seq: 0 };
  let bootId = "";
  return [...new Set(times)].map((atMs) => {
    const state = hostStateAt(plan, scanner, atMs);
    const { boot, clockOffsetMs } = pictureOf(state, systems).state;
    if (boot.id !== bootId) {
      bootId = boot.id;
      order.bootCounter += 1;
      order.startCounter += 1;
      order.seq = Math.ceil(order.seq / SEQ_BLOCK) * SEQ_BLOCK;
    }
    order.seq += 1;
    return { kind: "report", atMs, state, bootId, clockOffsetMs, order: { ...order } };
  });
}

function otherStep(moment: ScannerMoment): Step[] {
  switch (moment.kind) {
    case "pinned":
      return [{ kind: "pin", atMs: moment.atMs, release: moment.release, by: moment.by }];
    case "service": {
      const { kind, atMs, service, reason, by } = moment;
      return [{ kind, atMs, service, reason, by }];
    }
    case "silent":
      return [{ kind: "silence", atMs: moment.atMs, untilMs: moment.untilMs }];
    default:
      return [];
  }
}

/** From where the scanner's agent goes on: the last order it used, in which boot. */
export function agentStartOf(
  plan: FleetPlan,
  scanner: PlannedScanner,
  systems: Systems,
): Order & { bootId: string } {
  const last = reportsOf(plan, scanner, systems).at(-1);
  if (last === undefined) throw new Error(`${scanner.serial} never reported`);
  return { ...last.order, bootId: last.bootId };
}
