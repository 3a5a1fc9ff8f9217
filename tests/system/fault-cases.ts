import * as z from "zod";
import { FAULT_POINTS } from "#agent/change/faults.ts";
import { STEP_PHASES, type Step } from "#core/change/steps.ts";
import { SweepLog } from "./sweep-log.ts";

/** `kill`: the process that carries the change out. `host`: everything on the scanner, which then boots again. */
const DEATHS = ["kill", "host"] as const;
const TARGETS = ["healthy", "sick"] as const;
const WAYS = ["live", "reboot"] as const;
const ENDS = ["confirmed", "rolled-back"] as const;

const caseSchema = z.strictObject({
  point: z.string(),
  target: z.enum(TARGETS),
  way: z.enum(WAYS),
  death: z.enum(DEATHS),
});
export type Case = z.infer<typeof caseSchema>;
export type End = (typeof ENDS)[number];

const resultSchema = caseSchema.extend({
  end: z.enum(ENDS),
  reason: z.string().nullable(),
  /** Null: taken from the table that the sweep printed; its log was not kept. */
  seconds: z.number().nullable(),
  /** Commit that was run. */
  build: z.string(),
});

/** Steps that only a change which boots comes by. */
const BOOTING: readonly string[] = ["reboot", "arrived", "back-reboot"];
/** Steps that only a target which proved itself comes to. */
const PROVED: readonly string[] = ["bless", "confirm", "settle"];

function stepOf(point: string): Step {
  return point.slice(0, point.indexOf(".")) as Step;
}

function targetsOf(step: Step): readonly Case["target"][] {
  if (PROVED.includes(step)) return ["healthy"];
  return step.startsWith("back-") ? ["sick"] : TARGETS;
}

export function titleOf({ point, target, way, death }: Case): string {
  return `${target}, ${way}: ${death === "kill" ? "killed" : "the host dies"} at ${point}`;
}

/** Every point that lies on a change's way, with every kind of target that comes by, and both deaths. */
export function everyCase(): Case[] {
  return DEATHS.flatMap((death) =>
    TARGETS.flatMap((target) =>
      FAULT_POINTS.filter((point) => targetsOf(stepOf(point)).includes(target)).map((point): Case => {
        const way = BOOTING.includes(stepOf(point)) ? "reboot" : "live";
        return { point, target, way, death };
      }),
    ),
  );
}

/** The reboot has been asked for, and whoever asked dies before it comes. */
export function isRebootDone({ point }: Case): boolean {
  return stepOf(point).endsWith("reboot") && point.endsWith(".done");
}

/** What `npm test` has time for: one point of each kind of consequence. */
export const SHORT: readonly Case[] = [
  { point: "keep.done", target: "healthy", way: "live", death: "kill" },
  { point: "armed.begun", target: "healthy", way: "live", death: "host" },
  { point: "set.done", target: "healthy", way: "live", death: "kill" },
  { point: "confirm.recorded", target: "healthy", way: "live", death: "kill" },
  { point: "back-set.done", target: "sick", way: "live", death: "kill" },
];

/** Whose death after ARM and before the switch came back leaves nobody who knows what it did. */
const UNKNOWING: readonly string[] = ["armed", "set", "boot", "switch", "reboot"];

/** How a change has to end after this death: exactly one way. */
export function endsOf(one: Case): readonly End[] {
  if (one.target === "sick") return ["rolled-back"];
  const step = stepOf(one.point);
  if (step === "copy" || STEP_PHASES[step] === "before" || STEP_PHASES[step] === "confirmed")
    return ["confirmed"];
  // Everything for the boot is laid out, and the boot that follows the death is the planned one.
  if (isRebootDone(one)) return ["confirmed"];
  if (UNKNOWING.includes(step)) return ["rolled-back"];
  return one.death === "kill" ? ["confirmed"] : ["rolled-back"];
}

/** What a sweep saw, so that it can be done in pieces. */
export const deathLog = new SweepLog("faults", resultSchema);

/** What a sweep has still to do; whoever removes the file begins anew. `part`: `1/2` is every second case, from the first on. */
export function casesLeft(part: string): Case[] {
  const [number = 1, parts = 1] = part.split("/").map(Number);
  const done = new Set(deathLog.read().map(titleOf));
  return everyCase().filter((one, at) => at % parts === number - 1 && !done.has(titleOf(one)));
}

const COLUMNS = [
  ["healthy", "kill"],
  ["healthy", "host"],
  ["sick", "kill"],
  ["sick", "host"],
] as const;

/** Everything noted so far as a table for docs/faults.md; a case that was run again counts as it ended last. */
export function faultTable(): string {
  const results = deathLog.read();
  const rows = FAULT_POINTS.map((point) => {
    const cells = COLUMNS.map(([target, death]) => {
      if (!targetsOf(stepOf(point)).includes(target)) return "–";
      const last = results.findLast(
        (one) => one.point === point && one.target === target && one.death === death,
      );
      if (last === undefined) return "not run";
      return last.reason === null ? last.end : `${last.end}: ${last.reason}`;
    });
    return `| ${point} | ${cells.join(" | ")} |`;
  });
  const head = "| point | healthy, killed | healthy, host dies | sick, killed | sick, host dies |";
  const builds = [...new Set(results.map(({ build }) => build))];
  const last = `${new Set(results.map(titleOf)).size} of ${everyCase().length} cases, run on ${builds.join(", ")}`;
  return [head, "|---|---|---|---|---|", ...rows, "", last].join("\n");
}
