import * as z from "zod";
import { type Case, type End, endsOf } from "./fault-cases.ts";
import { SweepLog } from "./sweep-log.ts";

/** `kill`: the process that carries the change out; `cut`: power goes at once, with all that was not written. */
const DEATHS = ["kill", "cut"] as const;
type Death = (typeof DEATHS)[number];

const doubleSchema = z.strictObject({
  target: z.enum(["healthy", "sick"]),
  first: z.strictObject({ point: z.string(), death: z.enum(DEATHS) }),
  second: z.strictObject({ point: z.string(), death: z.enum(DEATHS) }),
});
export type Double = z.infer<typeof doubleSchema>;

const resultSchema = doubleSchema.extend({
  end: z.enum(["confirmed", "rolled-back"]),
  reason: z.string().nullable(),
  seconds: z.number(),
  /** Commit that was run. */
  build: z.string(),
});

export const doubleLog = new SweepLog("double-faults", resultSchema);

export function titleOf({ target, first, second }: Double): string {
  const said = ({ point, death }: Double["first"]) =>
    `${death === "kill" ? "killed" : "power goes"} at ${point}`;
  return `${target}: ${said(first)}, then ${said(second)}`;
}

type Way = {
  target: Case["target"];
  deaths: readonly Death[];
  first: readonly string[];
  second: readonly string[];
};

/** Where a change is once the first fault has struck, and points that it comes by from there and not before. */
const WAYS: readonly Way[] = [
  // Nothing differs yet, and it goes on.
  {
    target: "healthy",
    deaths: DEATHS,
    first: ["copy.copied", "keep.done"],
    second: ["staged.done", "set.done", "confirm.begun"],
  },
  // Something may differ, what runs is the old generation still or again, and it goes back without a switch.
  {
    target: "healthy",
    deaths: DEATHS,
    first: ["armed.done", "set.done", "boot.done"],
    second: [
      "back-arm.begun",
      "back-set.done",
      "back-boot.done",
      "back-probe.begun",
      "back-settle.begun",
      "back-settle.done",
    ],
  },
  // The target runs, and it goes back by a switch.
  {
    target: "healthy",
    deaths: ["kill"],
    first: ["switch.done"],
    second: ["back-set.done", "back-boot.done", "back-switch.begun", "back-switch.done", "back-settle.begun"],
  },
  // It was being proved, and power went.
  {
    target: "healthy",
    deaths: ["cut"],
    first: ["switch.done", "probe.begun", "bless.done"],
    second: ["back-set.done", "back-settle.begun"],
  },
  // It is recorded as confirmed, and stays.
  {
    target: "healthy",
    deaths: DEATHS,
    first: ["confirm.recorded"],
    second: ["confirm.rooted", "settle.begun", "settle.done"],
  },
  // It is going back already.
  {
    target: "sick",
    deaths: DEATHS,
    first: ["back-set.done"],
    second: ["back-boot.done", "back-probe.begun", "back-settle.begun"],
  },
];

function everyDouble(): Double[] {
  return WAYS.flatMap(({ target, deaths, first, second }) =>
    deaths.flatMap((death) =>
      first.flatMap((point) =>
        second.flatMap((then) =>
          DEATHS.map(
            (thenDeath): Double => ({
              target,
              first: { point, death },
              second: { point: then, death: thenDeath },
            }),
          ),
        ),
      ),
    ),
  );
}

/** One of each pair of deaths and each first point before a second one of any. */
export function doublesLeft(part: string): Double[] {
  const [number = 1, parts = 1] = part.split("/").map(Number);
  const done = new Set(doubleLog.read().map(titleOf));
  const seen = new Map<string, number>();
  const ranked = everyDouble().map((one, at) => {
    const kind = `${one.first.point}/${one.first.death}/${one.second.death}`;
    const rank = seen.get(kind) ?? 0;
    seen.set(kind, rank + 1);
    return { one, rank, at };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ one }) => one)
    .filter((one, at) => at % parts === number - 1 && !done.has(titleOf(one)));
}

/** What the second death leaves of what the first one had decided. */
export function endsOfDouble({ target, second }: Double): readonly End[] {
  if (second.point.startsWith("back-")) return ["rolled-back"];
  return endsOf({
    target,
    way: "live",
    point: second.point,
    death: second.death === "cut" ? "host" : "kill",
  });
}

export function doubleTable(): string {
  const results = doubleLog.read();
  const names = new Set(results.map(titleOf));
  return `${names.size} of ${everyDouble().length} double faults`;
}
