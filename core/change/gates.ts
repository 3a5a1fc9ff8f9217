import { GATES, type Gate } from "#core/change/gate-words.ts";
import type { Plan } from "#core/change/plan.ts";
import { noRoom, type Room, SPARE_AT_ARM_BYTES } from "#core/change/room.ts";
import type { ChangeSettings } from "#core/change/settings.ts";
import type { SafetyState } from "#core/safety/socket.ts";

/** What the activator itself heard of the safety daemon, just now. */
export type SafetyHeard = {
  /** Its last word, and how old that is by the scanner's monotonic clock; null: it never spoke. */
  last: { state: SafetyState; ageMs: number } | null;
};

/** Everything that can hold a change up, as it is at this moment. */
export type GateView = {
  nowMs: number;
  /** Minute of the scanner's own local day, 0 to 1439. */
  localMinute: number;
  safety: SafetyHeard;
  /** Changes somebody on site agreed to. */
  consented: readonly string[];
  /** Whether somebody on site holds the scanner, and whether this change was put off there (LOC-1). */
  held: boolean;
  postponed: boolean;
  /** Another program is switching this host. */
  busy: boolean;
  freeBytes: number;
  /** Bytes the target still needs on the disk; 0 once it is there. */
  neededBytes: number;
  /** Where the boot entry goes; null: this host has no partition of its own for it. */
  boot: Room | null;
};

/** The daemon speaks every second; a word older than this is no word (decisions.md, safety socket). */
export const SAFETY_FRESH_MS = 2_000;

/** True while the daemon watches over the bore and has nothing to object. */
export function isHealthy({ last }: SafetyHeard): boolean {
  if (last === null || last.ageMs > SAFETY_FRESH_MS) return false;
  const { state, bypasses } = last.state;
  return (state === "ok" || state === "warning") && bypasses.length === 0;
}

type GateRule = (plan: Plan, settings: ChangeSettings, view: GateView) => boolean;

/** Those that the safety daemon's word decides. */
const INTERLOCK = {
  scanning: (plan, safety) => hasDaemon(plan) && isScanning(safety),
  energised: (plan, safety) => hasDaemon(plan) && !isOff(safety),
  safety: (plan, safety) => hasDaemon(plan) && !isHealthy(safety) && !isAttestedWayBack(plan),
} as const satisfies { readonly [G in Gate]?: (plan: Plan, safety: SafetyHeard) => boolean };

/** Whether each gate is shut. */
const RULES: { readonly [G in Gate]: GateRule } = {
  scanning: (plan, _, { safety }) => INTERLOCK.scanning(plan, safety),
  energised: (plan, _, { safety }) => INTERLOCK.energised(plan, safety),
  safety: (plan, _, { safety }) => INTERLOCK.safety(plan, safety),
  hold: (plan, _, { held }) => plan.origin !== "local" && held,
  // Whoever stands at the scanner and goes back sees for himself what time it is.
  window: (plan, settings, view) =>
    plan.origin !== "local" && (isOutside(plan, view) || isForbiddenHour(settings, view.localMinute)),
  consent: (plan, settings, { consented }) =>
    settings.consent === "needed" && plan.origin !== "local" && !consented.includes(plan.changeId),
  postponed: (plan, _, { postponed }) => plan.origin !== "local" && postponed,
  busy: (_, __, { busy }) => busy,
  "disk-full": (_, __, { freeBytes, neededBytes }) =>
    noRoom({ freeBytes, neededBytes }, SPARE_AT_ARM_BYTES) !== null,
  "boot-partition-full": (_, __, { boot }) => boot !== null && noRoom(boot, 0)?.why === "full",
  // Whoever goes back has its entry there already.
  "boot-partition-unseen": ({ action }, __, { boot }) =>
    action !== "rollback" && boot !== null && noRoom(boot, 0)?.why === "unseen",
};

/** The first gate that is shut, in the order in which people want to hear of them; null: all are open. */
export function shutGate(plan: Plan, settings: ChangeSettings, view: GateView): Gate | null {
  return GATES.find((gate) => RULES[gate](plan, settings, view)) ?? null;
}

/** The interlock alone, asked once more just before the switch: between ARM and there somebody may have begun to scan (ACT-2). */
export function shutInterlock(plan: Plan, safety: SafetyHeard): Gate | null {
  return (
    GATES.find((gate) => gate in INTERLOCK && INTERLOCK[gate as keyof typeof INTERLOCK](plan, safety)) ?? null
  );
}

/** Every gate that is shut, for people who look before they ask. */
export function shutGates(plan: Plan, settings: ChangeSettings, view: GateView): Gate[] {
  return GATES.filter((gate) => RULES[gate](plan, settings, view));
}

/** The signed release says whether this model has a safety daemon; a scanner that merely lost it is not one without. */
function hasDaemon(plan: Plan): boolean {
  return plan.health.safety === "required";
}

/** By the daemon's last word, however old: one that fell silent in mid scan has not said that the scan is over. */
export function isScanning({ last }: SafetyHeard): boolean {
  return last !== null && last.state.scanState !== "idle";
}

/** Known to be off, by the daemon's last word: silence is no proof, and neither is `null`. */
function isOff({ last }: SafetyHeard): boolean {
  return last?.state.energised === false;
}

/**
 * A sick daemon does not hold a person on site up who goes back to a confirmed generation and attests that the bore is empty
 * (decisions.md); the drive must be known to be off all the same, which is a gate of its own.
 */
function isAttestedWayBack({ action, origin, attested }: Plan): boolean {
  return action === "rollback" && origin === "local" && attested;
}

function isOutside({ slots, notBeforeMs }: Plan, { nowMs }: GateView): boolean {
  if (nowMs < notBeforeMs) return true;
  return slots.length > 0 && !slots.some(({ fromMs, toMs }) => nowMs >= fromMs && nowMs < toMs);
}

function isForbiddenHour({ neverBetween }: ChangeSettings, minute: number): boolean {
  return neverBetween.some(({ from, to }) => {
    const [start, end] = [minuteOf(from), minuteOf(to)];
    return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
  });
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
