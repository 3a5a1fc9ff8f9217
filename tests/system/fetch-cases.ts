import * as z from "zod";
import { SweepLog } from "./sweep-log.ts";

/**
 * Faults that come while the fetcher waits for the server: the line stands still at a file, and goes on when the fault has struck. `kill`:
 * the agent and its fetcher, all at once; `cut`: power, with all that was not written; the others are those of held-strikes.ts.
 */
const STRIKES = ["kill", "cut", "disk-full", "read-only", "safety-silent"] as const;
export type FetchStrike = (typeof STRIKES)[number];

/** The first file of this kind that is asked for once the change is laid out, and how much of it comes before the line stands still. */
export const FETCH_POINTS = {
  "meta.timestamp": { file: /^\/director\/.*\/timestamp\.json$/, bytes: 0 },
  "meta.targets": { file: /^\/director\/.*\/\d+\.targets\.json$/, bytes: 0 },
  "meta.release": { file: /^\/release\/targets\//, bytes: 0 },
  "fetch.described": { file: /^\/cache\/[^/]*\.narinfo$/, bytes: 0 },
  "fetch.begun": { file: /^\/cache\/nar\//, bytes: 0 },
  // More than the fetcher gathers before it writes (agent/fetch/spool.ts): something of the file is on the disk, or was to be.
  "fetch.middle": { file: /^\/cache\/nar\//, bytes: 5 * 1024 * 1024 },
} as const satisfies Record<string, { file: RegExp; bytes: number }>;
type FetchPoint = keyof typeof FETCH_POINTS;
const POINT_NAMES = Object.keys(FETCH_POINTS) as [FetchPoint, ...FetchPoint[]];

const fetchSchema = z.strictObject({
  strike: z.enum(STRIKES),
  point: z.enum(POINT_NAMES),
  /** Seconds from the point to a cut. */
  delay: z.int(),
});
export type FetchCase = z.infer<typeof fetchSchema>;

const resultSchema = fetchSchema.extend({
  /** What it said of itself while the fault lasted; null: there was nothing to wait for. */
  stood: z.string().nullable(),
  /** The fault took the change nowhere, and this is how it ended once the fault was gone. */
  end: z.enum(["confirmed", "rolled-back"]),
  seconds: z.number(),
  /** Commit that was run. */
  build: z.string(),
});

export const fetchLog = new SweepLog("fetch-faults", resultSchema);

export function titleOf({ strike, point, delay }: FetchCase): string {
  return `${strike} at ${point}${delay === 0 ? "" : `, ${delay} s later`}`;
}

function everyFetch(): FetchCase[] {
  const at = (strike: FetchStrike, points: readonly FetchPoint[], delay = 0) =>
    points.map((point): FetchCase => ({ strike, point, delay }));
  return [
    ...at("kill", ["meta.targets", "fetch.middle"]),
    ...at("cut", ["meta.targets", "fetch.middle"]),
    ...at("disk-full", ["meta.targets", "fetch.middle"]),
    ...at("read-only", ["meta.targets", "fetch.middle"]),
    ...at("safety-silent", ["meta.targets"]),
    ...at("kill", ["meta.timestamp", "meta.release", "fetch.described", "fetch.begun"]),
    ...at("cut", ["meta.timestamp", "meta.release", "fetch.described", "fetch.begun"]),
    ...at("cut", ["meta.targets", "fetch.middle"], 6),
  ];
}

export function fetchLeft(): FetchCase[] {
  const only = process.env.FIDUCIAL_FAULTS_ONLY ?? "";
  const done = new Set(fetchLog.read().map(titleOf));
  return everyFetch().filter((one) => !done.has(titleOf(one)) && titleOf(one).startsWith(only));
}

export function fetchTable(): string {
  return `${new Set(fetchLog.read().map(titleOf)).size} of ${everyFetch().length} faults while something is fetched`;
}
