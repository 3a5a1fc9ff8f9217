import { createHash } from "node:crypto";
import * as z from "zod";
import { CANARY } from "./canary.ts";
import { type Case, type End, endsOf, everyCase } from "./fault-cases.ts";
import { SweepLog } from "./sweep-log.ts";

/** Seconds between the named point and the cut: around the five of a journal's commit and the thirty of dirty pages (reliability.md §3.3). */
export const DELAYS = [0, 1, 3, 6, 8, 12, 20, 36, 45] as const;
/** After so many seconds the kernel writes by itself what nobody asked it to. */
const WRITTEN_BY_THEN = 20;

const cutSchema = z.strictObject({
  point: z.string(),
  target: z.enum(["healthy", "sick"]),
  way: z.enum(["live", "reboot"]),
  delay: z.int(),
});
export type Cut = z.infer<typeof cutSchema>;

const resultSchema = cutSchema.extend({
  end: z.enum(["confirmed", "rolled-back"]),
  reason: z.string().nullable(),
  /** Written without a sync when the point was reached. */
  canary: z.enum(CANARY),
  /** The same, in the instant before the cut. */
  last: z.enum(CANARY),
  /** Store paths that Nix calls valid, and whose bytes are others. */
  damaged: z.int(),
  fsck: z.int(),
  seconds: z.number(),
  /** Commit that was run; null: it was not noted then. */
  build: z.string().nullable().default(null),
});
export type CutResult = z.infer<typeof resultSchema>;

export function titleOf({ point, target, way, delay }: Cut): string {
  return `${target}, ${way}: power goes ${delay} s after ${point}`;
}

/** A process cannot wait at these: the reboot that it asked for ends it. */
const NO_WAITING: readonly string[] = ["reboot.done", "back-reboot.done"];

/** Every point at once first, then the other delays in an order drawn by the seed, so that a piece of a sweep is a fair sample of them. */
function everyCut(): Cut[] {
  const hosts = everyCase().filter(({ death, point }) => death === "host" && !NO_WAITING.includes(point));
  const all = DELAYS.flatMap((delay) =>
    hosts.map(({ point, target, way }): Cut => ({ point, target, way, delay })),
  );
  const later = all.filter(({ delay }) => delay > 0);
  return [...all.filter(({ delay }) => delay === 0), ...later.sort((a, b) => drawn(a) - drawn(b))];
}

/** Decides the order in which later cuts are made; the same on every machine. */
export const SEED = process.env.FIDUCIAL_FAULTS_SEED ?? "1";

function drawn(cut: Cut): number {
  return createHash("sha256")
    .update(`${SEED}/${titleOf(cut)}`)
    .digest()
    .readUInt32BE(0);
}

/** What `npm test` has time for. */
export const SHORT_CUTS: readonly Cut[] = [
  { point: "keep.done", target: "healthy", way: "live", delay: 0 },
  { point: "set.done", target: "healthy", way: "live", delay: 3 },
  { point: "confirm.recorded", target: "healthy", way: "live", delay: 0 },
];

/** As after any death of the whole host: what a step says is durable before the next begins, so nothing else may come of it. */
export function endsOfCut(cut: Cut): readonly End[] {
  const host: Case = { ...cut, death: "host" };
  return endsOf(host);
}

/** Somebody's sync reached this disk before the cut: what was to be lost was written, and the case says nothing. */
export function isVoid({ delay, canary, last }: Pick<CutResult, "delay" | "canary" | "last">): boolean {
  return last === "whole" || (delay < WRITTEN_BY_THEN && canary === "whole");
}

export const cutLog = new SweepLog("power-cuts", resultSchema);

const noted = () => cutLog.read().filter((one) => !isVoid(one));

/** What a sweep has still to do, and last what was void before; whoever removes the file begins anew. */
export function cutsLeft(part: string): Cut[] {
  const [number = 1, parts = 1] = part.split("/").map(Number);
  const done = new Set(noted().map(titleOf));
  const wasVoid = new Set(cutLog.read().filter(isVoid).map(titleOf));
  const only = process.env.FIDUCIAL_FAULTS_ONLY ?? "";
  const left = everyCut().filter(
    (one, at) => at % parts === number - 1 && !done.has(titleOf(one)) && titleOf(one).startsWith(only),
  );
  return left.sort((a, b) => Number(wasVoid.has(titleOf(a))) - Number(wasVoid.has(titleOf(b))));
}

/** One row for a point and a target, one column for a delay: `c` confirmed, `r` rolled back, a dot where nothing was run. */
export function cutTable(): string {
  const results = noted();
  const kinds = new Map(everyCut().map((cut) => [`${cut.point} | ${cut.target}`, cut]));
  const rows = [...kinds].map(([name, kind]) => {
    const cells = DELAYS.map((delay) => {
      const last = results.findLast((one) => titleOf(one) === titleOf({ ...kind, delay }));
      return last === undefined ? "·" : last.end.slice(0, 1);
    });
    return `| ${name} | ${cells.join(" | ")} |`;
  });
  const canaries = DELAYS.map((delay) => {
    const seen = results.filter((one) => one.delay === delay);
    return CANARY.map((word) => seen.filter((one) => one.canary === word).length).join("/");
  });
  const damaged = results.reduce((sum, one) => sum + one.damaged, 0);
  const unclean = results.filter((one) => one.fsck !== 0).length;
  return [
    `${results.length} of ${everyCut().length} cases, ${damaged} damaged store paths, ${unclean} file systems not clean`,
    `| point | target | ${DELAYS.map((delay) => `${delay} s`).join(" | ")} |`,
    `|---|---|${DELAYS.map(() => "---").join("|")}|`,
    ...rows,
    `| canary lost/empty/whole | | ${canaries.join(" | ")} |`,
  ].join("\n");
}
