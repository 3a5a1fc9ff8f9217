import * as z from "zod";
import type { Case, End } from "./fault-cases.ts";
import { SweepLog } from "./sweep-log.ts";

/**
 * Faults that come while a change waits at a named point, by their row of reliability.md §3.3, and stay until it is over. What each does to
 * the scanner is in held-strikes.ts.
 */
const STRIKES = [
  "disk-full",
  "esp-full",
  "read-only",
  "network-silent",
  "network-slow",
  "clock-ahead",
  "clock-back",
  "server-errors",
  "two-commands",
  "wrong-boot",
  "safety-silent",
  "agent-crashes",
  "switch-locked",
  "collected",
  "edited",
] as const;
export type StrikeName = (typeof STRIKES)[number];

const heldSchema = z.strictObject({
  strike: z.enum(STRIKES),
  point: z.string(),
  target: z.enum(["healthy", "sick"]),
  way: z.enum(["live", "reboot"]),
});
const resultSchema = heldSchema.extend({
  /** Where it stood while the fault lasted, for a change that waits; null: it went on to its end. */
  stood: z.string().nullable(),
  end: z.enum(["confirmed", "rolled-back"]),
  reason: z.string().nullable(),
  seconds: z.number(),
  /** Commit that was run. */
  build: z.string(),
});
export type Held = z.infer<typeof heldSchema> & {
  /** `waits`: nothing has changed while the fault lasts; it goes on once the fault is gone, to `end`. */
  waits: boolean;
  end: End;
};

export const heldLog = new SweepLog("held-faults", resultSchema);

export function titleOf({ strike, point, target, way }: z.infer<typeof heldSchema>): string {
  return `${strike} at ${point}, ${target}, ${way}`;
}

type Points = {
  strike: StrikeName;
  points: readonly string[];
  waits?: true;
  end: End;
  target?: Case["target"];
  way?: Case["way"];
};

const BEFORE = ["copy.begun", "verify.begun", "keep.begun", "staged.begun"] as const;
const ARMED = ["armed.begun", "set.begun", "boot.begun", "switch.begun"] as const;
const PROVING = ["restart-agent.begun", "probe.begun"] as const;
const CONFIRMING = ["bless.begun", "confirm.begun", "settle.begun"] as const;
const BACK = [
  "back-arm.begun",
  "back-set.begun",
  "back-boot.begun",
  "back-switch.begun",
  "back-settle.begun",
] as const;
/** Where the catalogue has a clock that is set wrong do nothing (F7), and the rest of the way. */
const TIMED = ["armed.begun", "switch.begun", "probe.begun", "bless.begun", "settle.begun"] as const;
const TIMED_BACK = ["back-arm.begun", "back-switch.begun", "back-settle.begun"] as const;
const EVERY = [...BEFORE, ...ARMED, ...PROVING, ...CONFIRMING];

/** The one allowed end of each; where it is another than reliability.md §3.3 wants, docs/fault-cells.md says why. */
const POINTS: readonly Points[] = [
  // What lies there for this is given free, and all goes on (agent/activate/ballast.ts).
  { strike: "disk-full", points: ["copy.begun", "staged.begun"], waits: true, end: "confirmed" },
  { strike: "disk-full", points: ["verify.begun", "keep.begun"], waits: true, end: "confirmed" },
  // Nix finds no room for the profile's new generation. Everywhere else the activator has given what lay there before others write.
  { strike: "disk-full", points: ["set.begun"], end: "rolled-back" },
  {
    strike: "disk-full",
    points: ["armed.begun", "boot.begun", "switch.begun", ...PROVING, ...CONFIRMING],
    end: "confirmed",
  },
  { strike: "disk-full", points: BACK, target: "sick", end: "rolled-back" },
  { strike: "esp-full", points: ["boot.begun"], end: "rolled-back" },
  { strike: "esp-full", points: ["back-boot.begun"], target: "sick", end: "rolled-back" },
  // The plug is pulled at last, as a person does who finds it so.
  { strike: "read-only", points: BEFORE, end: "confirmed" },
  { strike: "read-only", points: [...ARMED, ...PROVING, "bless.begun"], end: "rolled-back" },
  { strike: "read-only", points: ["confirm.begun", "settle.begun"], end: "confirmed" },
  { strike: "read-only", points: BACK, target: "sick", end: "rolled-back" },
  { strike: "network-silent", points: [...EVERY], end: "confirmed" },
  { strike: "network-silent", points: ["back-settle.begun"], target: "sick", end: "rolled-back" },
  {
    strike: "network-slow",
    points: ["staged.begun", "probe.begun", "bless.begun", "settle.begun"],
    end: "confirmed",
  },
  { strike: "network-slow", points: ["back-settle.begun"], target: "sick", end: "rolled-back" },
  { strike: "clock-ahead", points: TIMED, end: "confirmed" },
  { strike: "clock-ahead", points: TIMED_BACK, target: "sick", end: "rolled-back" },
  { strike: "clock-back", points: TIMED, end: "confirmed" },
  { strike: "clock-back", points: TIMED_BACK, target: "sick", end: "rolled-back" },
  { strike: "server-errors", points: ["probe.begun", "confirm.begun", "settle.begun"], end: "confirmed" },
  { strike: "two-commands", points: EVERY, end: "confirmed" },
  { strike: "two-commands", points: BACK, target: "sick", end: "rolled-back" },
  { strike: "wrong-boot", points: ["boot.begun", "switch.begun", "probe.begun"], end: "rolled-back" },
  { strike: "wrong-boot", points: ["settle.begun"], end: "confirmed" },
  {
    strike: "wrong-boot",
    points: ["back-set.begun", "back-switch.begun", "back-settle.begun"],
    target: "sick",
    end: "rolled-back",
  },
  { strike: "safety-silent", points: ["staged.begun"], waits: true, end: "confirmed" },
  { strike: "safety-silent", points: ["switch.done", "probe.begun"], end: "rolled-back" },
  { strike: "safety-silent", points: ["bless.begun", "settle.begun"], end: "confirmed" },
  {
    strike: "safety-silent",
    points: ["back-switch.begun", "back-settle.begun"],
    target: "sick",
    end: "rolled-back",
  },
  { strike: "agent-crashes", points: ["switch.begun", "probe.begun"], end: "rolled-back" },
  { strike: "agent-crashes", points: ["bless.begun"], end: "confirmed" },
  { strike: "agent-crashes", points: ["back-switch.begun"], target: "sick", end: "rolled-back" },
  { strike: "switch-locked", points: ["switch.begun"], end: "rolled-back" },
  { strike: "switch-locked", points: ["back-switch.begun"], target: "sick", waits: true, end: "rolled-back" },
  { strike: "collected", points: EVERY, end: "confirmed" },
  { strike: "collected", points: BACK, target: "sick", end: "rolled-back" },
  { strike: "edited", points: ["armed.begun", "settle.begun"], end: "confirmed" },
  {
    strike: "edited",
    points: ["back-set.begun", "back-switch.begun", "back-settle.begun"],
    target: "sick",
    end: "rolled-back",
  },
];

function everyHeld(): Held[] {
  return POINTS.flatMap(({ strike, points, waits = false, end, target = "healthy", way = "live" }) =>
    points.map((point) => ({ strike, point, target, way, waits, end })),
  );
}

/** What `npm test` has time for. */
export const SHORT_HELD: readonly Held[] = everyHeld().filter(
  ({ strike, point }) => strike === "disk-full" && point === "back-arm.begun",
);

/** One point of each kind of fault before a second one of any. */
export function heldLeft(part: string): Held[] {
  const [number = 1, parts = 1] = part.split("/").map(Number);
  const only = process.env.FIDUCIAL_FAULTS_ONLY ?? "";
  const done = new Set(heldLog.read().map(titleOf));
  const seen = new Map<string, number>();
  const ranked = everyHeld().map((one) => {
    const kind = `${one.strike}/${one.target}`;
    const rank = seen.get(kind) ?? 0;
    seen.set(kind, rank + 1);
    return { one, rank };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .map(({ one }) => one)
    .filter(
      (one, at) => at % parts === number - 1 && !done.has(titleOf(one)) && titleOf(one).startsWith(only),
    );
}

export function heldTable(): string {
  return `${new Set(heldLog.read().map(titleOf)).size} of ${everyHeld().length} faults that last`;
}
