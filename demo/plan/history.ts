import type { FaultAt } from "#demo/host/host-state.ts";
import type { Condition } from "#demo/plan/condition.ts";
import { HOUR_MS, MINUTE_MS } from "#demo/plan/duration.ts";
import { faultNow, pastEvents } from "#demo/plan/incident.ts";
import type { ScannerMoment } from "#demo/plan/moment.ts";
import { TECHNICIANS } from "#demo/plan/people.ts";
import type { FleetOrder, PlannedScanner, PlannedSite } from "#demo/plan/plan.ts";
import { type Random, randomFor } from "#demo/plan/random.ts";
import { enrolment, rollouts } from "#demo/plan/rollout.ts";
import { isAnni, type ScannerCard } from "#demo/plan/scanner-card.ts";
import type { DemoRelease } from "#demo/release/release.ts";

/** Everything that one scanner's story is drawn from. */
export type Story = {
  card: ScannerCard;
  site: PlannedSite;
  condition: Condition;
  order: FleetOrder;
  releases: readonly DemoRelease[];
};

export type History = Pick<PlannedScanner, "enrolledMs" | "moments" | "now">;

/** Fourteen months of one scanner, ending in the condition it is to be in now. */
export function historyOf(story: Story): History {
  const { card, order } = story;
  const random = (what: string) => randomFor(order.seed, what, card.serial);
  const begun = enrolment(story, random("enrolment"));
  const rolled = rollouts(story, begun, random("rollout"));
  const settledMs = Math.max(...[...begun.moments, ...rolled.moments].map(({ atMs }) => atMs)) + 2 * HOUR_MS;
  const trouble = faultNow(story, settledMs, random("trouble"));
  const silentMs = Math.max(settledMs, silence(order.nowMs, random("silence")));
  const silentSinceMs = story.condition.word === "offline" ? silentMs : null;
  const endMs = silentSinceMs ?? order.nowMs;
  const planned = [...begun.moments, ...rolled.moments, ...trouble];
  const told = [...planned, ...pastEvents(story, planned, random("past"))];
  const service = serviceNow(story, random("service"));
  const moments = [...told, ...service.moments, lastReport(endMs, random("last"))].sort(
    (a, b) => a.atMs - b.atMs,
  );
  return {
    enrolledMs: begun.enrolledMs,
    moments: moments.filter(({ atMs }) => atMs <= endMs),
    now: {
      release: rolled.release,
      pinnedRelease: rolled.pinnedRelease,
      change: rolled.change,
      faults: faultsAt(planned, order.nowMs),
      silentSinceMs,
      service: service.service,
      serviceReason: service.reason,
    },
  };
}

/** Half an hour to nine days, mostly short. */
function silence(nowMs: number, random: Random): number {
  return Math.round(nowMs - 30 * MINUTE_MS * 2 ** (random.next() * 8.7));
}

/** The newest full report is at most a quarter of an hour old while a scanner speaks (core/protocol/timing.ts). */
function lastReport(endMs: number, random: Random): ScannerMoment {
  return { kind: "reported", atMs: Math.round(endMs - (20_000 + random.next() * 12 * MINUTE_MS)) };
}

type ServiceNow = Pick<PlannedScanner["now"], "service"> & {
  reason: string | null;
  moments: ScannerMoment[];
};

const MAINTENANCE_SHARE = 0.012;
const REASONS = [
  "Yearly inspection of the cooling circuit",
  "Coil exchange",
  "Acceptance test after relocation",
] as const;

function serviceNow({ card, site, condition, order }: Story, random: Random): ServiceNow {
  const open = condition.word === "nominal" && !isAnni(card) && random.chance(MAINTENANCE_SHARE);
  if (!open) return { service: "in-service", reason: null, moments: [] };
  const reason = random.pick(REASONS);
  const by = random.pick(TECHNICIANS[site.region]);
  // Before the newest report and after everything else; the mark itself says nothing of the scanner's state.
  const atMs = order.nowMs - 20 * MINUTE_MS - random.int(0, 90) * MINUTE_MS;
  const moments: ScannerMoment[] = [
    { kind: "reported", atMs: atMs - 5_000 },
    { kind: "service", atMs, by, service: "maintenance", reason },
  ];
  return { service: "maintenance", reason, moments };
}

/** Faults that are open at a moment, as the moments tell. */
export function faultsAt(moments: readonly ScannerMoment[], atMs: number): FaultAt[] {
  const open = new Map<FaultAt["fault"], number>();
  for (const one of moments) {
    if (one.atMs > atMs) break;
    if (one.kind === "fault-began") open.set(one.fault, one.atMs);
    if (one.kind === "fault-ended") open.delete(one.fault);
  }
  return [...open].map(([fault, sinceMs]) => ({ fault, sinceMs }));
}
