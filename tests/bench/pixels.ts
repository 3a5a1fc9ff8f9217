import type { Page } from "@playwright/test";
import { v7 } from "uuid";
import { exampleFacts, TOPLEVEL } from "#core/report/example-facts.ts";
import { observed } from "#core/report/fact.ts";
import type { BenchDatabase } from "#tests/bench/postgres.ts";
import {
  addScanners,
  type BenchScanner,
  type Place,
  reportMessage,
  signedRequest,
} from "#tests/bench/scanners.ts";

/** Scanners whose reported value stands in a cell of the fleet table, so that its way from the scanner to the screen can be timed. */
export const VISIBLE = "PIXEL-";

export type PixelFleet = { scanners: BenchScanner[]; visible: number };

export async function addPixelFleet(
  database: BenchDatabase,
  count: { visible: number; others: number },
): Promise<PixelFleet> {
  const [place] = await database.sql<Place>(
    `select id "siteId", "regionId", "organisationId" from "Site" order by name limit 1`,
  );
  if (place === undefined) throw new Error("a site expected");
  const seen = await addScanners(database, place, count.visible, VISIBLE);
  const others = await addScanners(database, place, count.others, "OTHER-");
  const scanners = [...seen, ...others];
  const release = await addRelease(database, place);
  await database.sql(`update "Scanner" set "pinnedReleaseId" = $1 where id = any($2::uuid[])`, [
    release,
    scanners.map(({ scannerId }) => scannerId),
  ]);
  return { scanners, visible: count.visible };
}

/** One item, never met, so that the actual value is what the row shows. */
async function addRelease({ sql }: BenchDatabase, { organisationId }: Place): Promise<string> {
  const id = v7();
  const item = {
    id: "provided:bench/pixel",
    kind: "provided",
    args: { owner: "bench", id: "pixel", maxAgeMs: "none" },
    expect: { op: "eq", want: "px-none" },
    class: "function",
    while: "always",
  };
  const manifest = { schema: "fiducial.expected/1", toplevel: TOPLEVEL, closureDigest: null, items: [item] };
  await sql(
    `insert into "Release" (id, "organisationId", origin, name, toplevel, manifest, "createdBy")
     values ($1, $2, 'signed', 'pixels', $3, $4, 'bench')`,
    [id, organisationId, TOPLEVEL, manifest],
  );
  return id;
}

/** A small report, 2 kB: what the way to the screen costs beside the size of a report is measured elsewhere. */
export function pixelReport(scanner: BenchScanner, place: number, turn: number): Buffer {
  const { host, closures } = exampleFacts();
  const value = {
    owner: "bench",
    id: "pixel",
    value: `px-${place}-${turn}`,
    unit: null,
    quality: "good",
    ageMs: 0,
  };
  return signedRequest(
    scanner,
    "report",
    reportMessage(scanner, turn, { host, closures, provided: observed([value]) }),
  );
}

/** `px-<scanner>-<turn>` and when it first stood in the page, milliseconds since the epoch. */
export type Seen = { place: number; turn: number; atMs: number };

/** The page notes by itself when a text appears: no question of ours stands between the screen and the clock. */
export async function watchPixels(page: Page): Promise<{ seen: () => Promise<Seen[]> }> {
  await page.evaluate(() => {
    const seen = new Map<string, number>();
    const look = () => {
      const text = document.querySelector("main")?.textContent ?? "";
      const atMs = Date.now();
      for (const [found] of text.matchAll(/px-\d+-\d+/g)) if (!seen.has(found)) seen.set(found, atMs);
    };
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    look();
    Object.assign(window, { pixelsSeen: () => [...seen] });
  });
  return {
    seen: async () => {
      const entries = await page.evaluate(() =>
        (window as unknown as { pixelsSeen: () => [string, number][] }).pixelsSeen(),
      );
      return entries.map(([text, atMs]) => {
        const [, place, turn] = text.split("-").map(Number);
        return { place: place ?? -1, turn: turn ?? -1, atMs };
      });
    },
  };
}

export type SentChange = { place: number; turn: number; atMs: number };

/**
 * Milliseconds from sending a change to the first moment the page showed it or a newer one of the same scanner: a value that was
 * overtaken before a wave drew it was not late. `lost`: neither came while the page was watched.
 */
export function fromFactToPixel(
  sent: readonly SentChange[],
  seen: readonly Seen[],
): { latencies: number[]; lost: number } {
  const latencies: number[] = [];
  let lost = 0;
  for (const change of sent) {
    const after = seen.filter(({ place, turn }) => place === change.place && turn >= change.turn);
    if (after.length === 0) lost += 1;
    else latencies.push(Math.min(...after.map(({ atMs }) => atMs)) - change.atMs);
  }
  return { latencies, lost };
}
