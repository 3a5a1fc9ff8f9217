import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Bench, byEffort, type Context, type Figure, type Outcome } from "#tests/bench/bench.ts";
import { type BrowserProduct, startBrowserProduct } from "#tests/bench/browser-product.ts";
import { alone, atLeast, atMost, compared } from "#tests/bench/figure.ts";
import { inTurns } from "#tests/bench/pairs.ts";
import {
  addPixelFleet,
  fromFactToPixel,
  type PixelFleet,
  pixelReport,
  VISIBLE,
  watchPixels,
} from "#tests/bench/pixels.ts";
import { startProgram } from "#tests/bench/program.ts";
import type { LoadAnswer } from "#tests/bench/programs/load.ts";
import { quantile } from "#tests/bench/statistics.ts";

const SCANNERS = 10_000;
const CHANGES_PER_S = 500;
const VISIBLE_ROWS = 20;
/** A row of the fleet table is a link to its scanner. */
const ROW = "main a.row-link";

async function run(context: Context): Promise<Outcome> {
  const product = await startBrowserProduct(context, SCANNERS);
  const figures = [await firstRow(context, product), await filtering(context, product)];
  figures.push(...(await factToPixel(context, product)));
  return { kind: "measured", figures, notes: [NOTE] };
}

const NOTE = `The built product with ${SCANNERS.toLocaleString("en-GB")} scanners; Chromium, PostgreSQL, server and the sender of reports share this machine. Times are by one clock.
A change is one small signed report (2 kB) with one new value; it is on the screen when the page's own observer sees the text, or a newer value of the same scanner.
The page asks for changed rows at most once a second.`;

/** From the start of the navigation to a row that takes a click, nothing cached. */
async function firstRow(context: Context, product: BrowserProduct): Promise<Figure> {
  const rounds = byEffort(context, { short: 2, usual: 5, long: 12 });
  const bare = await barePage(context);
  const times = await inTurns(context, "first row", rounds, {
    fiducial: () => untilClickable(product, `${product.url}/fleet`),
    bare: () => untilClickable(product, bare),
  });
  return compared(
    {
      id: "table.first-row",
      what: "Fleet table, from the start of the navigation to the first row that can be clicked",
      unit: "ms",
      aim: atMost("measured", 1_500),
      limits:
        "a third is the server's: who asks, the keys of 10,000 scanners, a hundred rows, and the page as HTML; the rest is the browser reading it and starting 1.2 MB of scripts",
    },
    times.fiducial,
    { what: "a page of 60 plain links from node:http, same browser", samples: times.bare },
  );
}

async function untilClickable(product: BrowserProduct, url: string): Promise<number> {
  const window = await product.newWindow();
  try {
    const page = await window.newPage();
    const started = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.locator(ROW).first().click({ trial: true, timeout: 60_000 });
    return performance.now() - started;
  } finally {
    await window.close();
  }
}

async function barePage(context: Context): Promise<string> {
  const links = Array.from(
    { length: 60 },
    (_, index) => `<p><a class="row-link" href="/${index}">scanner ${index}</a></p>`,
  );
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>bare</title><main>${links.join("")}</main>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** What the table asks when somebody types or picks: rows and counts, one after the other as a careful reader would wait for both. */
const FILTERS = [
  "search=FM25-001",
  "headline=unsafe",
  "model=FM-30",
  "search=hamburg",
  "link=offline",
  "sort=since",
  "safety=ok",
  "",
];

async function filtering(context: Context, { api }: BrowserProduct): Promise<Figure> {
  const rounds = byEffort(context, { short: 2, usual: 5, long: 12 });
  const asks = byEffort(context, { short: 16, usual: 24, long: 80 });
  const p95 = (ask: (turn: number) => Promise<unknown>) => async () => {
    const times: number[] = [];
    for (let turn = 0; turn < asks; turn += 1) {
      const started = performance.now();
      await ask(turn);
      times.push(performance.now() - started);
    }
    return quantile(times, 0.95);
  };
  const times = await inTurns(context, "filter", rounds, {
    filter: p95((turn) => api.scanner.list.query({ query: FILTERS[turn % FILTERS.length] ?? "" })),
    nothing: p95(() => api.session.me.query()),
  });
  return compared(
    {
      id: "table.filter",
      what: "A filter of the fleet table at its endpoint, rows and counts, 95th percentile",
      unit: "ms",
      aim: atMost("measured", 150),
      limits:
        "PostgreSQL's look at the keys of 10,000 scanners, kept for the legend and for the order; judging a hundred rows anew takes the server about as long",
    },
    times.filter,
    { what: "who am I, through the same stack, 95th percentile", samples: times.nothing },
  );
}

async function factToPixel(context: Context, product: BrowserProduct): Promise<Figure[]> {
  const fleet = await addPixelFleet(product.database, {
    visible: VISIBLE_ROWS,
    others: CHANGES_PER_S - VISIBLE_ROWS,
  });
  const load = await startProgram(context, "load");
  const window = await product.newWindow();
  const page = await window.newPage();
  const seconds = byEffort(context, { short: 5, usual: 12, long: 30 });
  await sendChanges(load, product.port, { fleet, turns: [1, 2], perSecond: CHANGES_PER_S, mostMs: 60_000 });
  await page.goto(`${product.url}/fleet?search=${VISIBLE}`);
  await page.locator(ROW).first().click({ trial: true });
  const watching = await watchPixels(page);
  const p95: number[] = [];
  const rates: number[] = [];
  const calm: number[] = [];
  for (let round = 1; round <= byEffort(context, { short: 1, usual: 3, long: 6 }); round += 1) {
    context.progress(`fact to pixel, ${seconds} s, round ${round}`);
    const turns: [number, number] = [round * 1_000, round * 1_000 + seconds];
    const busy = await sendChanges(load, product.port, {
      fleet,
      turns,
      perSecond: CHANGES_PER_S,
      mostMs: seconds * 1_000,
    });
    await pause(4_000);
    const way = fromFactToPixel(busy.visible, await watching.seen());
    if (way.lost > 0) throw new Error(`${way.lost} of ${busy.visible.length} changes never reached the page`);
    p95.push(quantile(way.latencies, 0.95));
    rates.push(busy.perSecond);
    calm.push(await calmWay(load, product.port, fleet, { turn: round * 1_000 + 500, seen: watching.seen }));
  }
  await window.close();
  return [
    compared(
      {
        id: "table.fact-to-pixel",
        what: `From a scanner's report to the changed cell, at up to ${CHANGES_PER_S} changes a second, 95th percentile`,
        unit: "ms",
        aim: atMost("measured", 2_000),
        limits:
          "the socket's 250 ms and the page's one question for rows a second; above that it is the wait for a server that reports keep busy (next line)",
      },
      p95,
      { what: "the same with twenty changes a second", samples: calm },
    ),
    alone(
      {
        id: "table.changes",
        what: `Changes a second that the server took of ${CHANGES_PER_S} offered`,
        unit: "/s",
        aim: atLeast("measured", CHANGES_PER_S),
        limits:
          "one server thread, one transaction a report, two cores for everything: see the reports above",
      },
      rates,
    ),
  ];
}

/** The visible rows alone, one change each a second: what the way takes while nobody waits. */
async function calmWay(
  load: Awaited<ReturnType<typeof startProgram>>,
  port: number,
  { scanners, visible }: PixelFleet,
  { turn, seen }: { turn: number; seen: () => Promise<{ place: number; turn: number; atMs: number }[]> },
): Promise<number> {
  const fleet = { scanners: scanners.slice(0, visible), visible };
  const sent = await sendChanges(load, port, {
    fleet,
    turns: [turn, turn + 4],
    perSecond: visible,
    mostMs: 10_000,
  });
  await pause(3_000);
  return quantile(fromFactToPixel(sent.visible, await seen()).latencies, 0.95);
}

type Sending = { fleet: PixelFleet; turns: [from: number, to: number]; perSecond: number; mostMs: number };

const LANES = 50;

/** Every scanner changes once a turn, in its own order; bounded in count and in time. */
export async function sendChanges(
  load: Awaited<ReturnType<typeof startProgram>>,
  port: number,
  { fleet, turns: [from, to], perSecond, mostMs }: Sending,
) {
  const marks: { place: number; turn: number }[][] = Array.from({ length: LANES }, () => []);
  for (let turn = from; turn < to; turn += 1)
    for (const place of fleet.scanners.keys()) marks[place % LANES]?.push({ place, turn });
  const connections = marks.map((lane) =>
    lane.flatMap(({ place, turn }) => {
      const scanner = fleet.scanners[place];
      return scanner === undefined ? [] : [pixelReport(scanner, place, turn)];
    }),
  );
  const { statuses, sentAt, tookMs } = await load.ask<LoadAnswer>({ port, connections, perSecond, mostMs });
  const refused = Object.keys(statuses).filter((status) => status !== "200");
  if (refused.length > 0) throw new Error(`answered ${JSON.stringify(statuses)}`);
  const sent = marks.flatMap((lane, at) =>
    lane.flatMap((mark, index) => {
      const atMs = sentAt[at]?.[index];
      return atMs === undefined ? [] : [{ ...mark, atMs }];
    }),
  );
  return {
    visible: sent.filter(({ place }) => place < fleet.visible),
    perSecond: (sent.length / tookMs) * 1000,
  };
}

export const table: Bench = {
  name: "table",
  about: "The fleet table with 10,000 scanners, in a browser",
  run,
};
