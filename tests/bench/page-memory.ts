import type { CDPSession } from "@playwright/test";
import { type Bench, byEffort, type Context, type Outcome } from "#tests/bench/bench.ts";
import { startBrowserProduct } from "#tests/bench/browser-product.ts";
import { alone, atMost } from "#tests/bench/figure.ts";
import { addPixelFleet, VISIBLE } from "#tests/bench/pixels.ts";
import { startProgram } from "#tests/bench/program.ts";
import { linearFit } from "#tests/bench/statistics.ts";
import { sendChanges } from "#tests/bench/table.ts";

const CHANGES_PER_S = 20;
const STEP_S = 30;
const MB = 1024 * 1024;

/** An open fleet table over minutes of live changes: the heap after a forced collection, step by step, and the line through it. */
async function run(context: Context): Promise<Outcome> {
  const product = await startBrowserProduct(context, 1_240);
  const fleet = await addPixelFleet(product.database, { visible: CHANGES_PER_S, others: 0 });
  const load = await startProgram(context, "load");
  const window = await product.newWindow();
  const page = await window.newPage();
  await page.goto(`${product.url}/fleet?search=${VISIBLE}`);
  await page.locator("main a.row-link").first().click({ trial: true });
  const session = await window.newCDPSession(page);
  const minutes = byEffort(context, { short: 2, usual: 10, long: 10 });
  const steps = (minutes * 60) / STEP_S;
  const points: { x: number; y: number }[] = [];
  const started = performance.now();
  for (let step = 0; step < steps; step += 1) {
    context.progress(`live changes, step ${step + 1} of ${steps}`);
    const turns: [number, number] = [1 + step * STEP_S, 1 + (step + 1) * STEP_S];
    await sendChanges(load, product.port, { fleet, turns, perSecond: CHANGES_PER_S, mostMs: STEP_S * 1_000 });
    points.push({ x: (performance.now() - started) / 3_600_000, y: await heapMb(session) });
  }
  // The first minute fills what every page fills once: caches of texts, compiled code, the query cache.
  const settled = points.slice(Math.min(2, points.length - 2));
  const { slope } = linearFit(settled);
  return {
    kind: "measured",
    figures: [
      alone(
        {
          id: "page-memory.growth",
          what: `JavaScript heap of an open fleet table over ${minutes} minutes of live changes, growth an hour`,
          unit: "MB/h",
          aim: atMost("measured", 6),
          limits: "the collector's own wavering",
        },
        [slope],
      ),
      alone(
        {
          id: "page-memory.heap",
          what: "Its heap after a forced collection",
          unit: "MB",
          limits: "code and texts of the application",
        },
        settled.map(({ y }) => y),
      ),
    ],
    notes: [`${CHANGES_PER_S} changes a second in rows that are in sight, measured every ${STEP_S} s.`],
  };
}

async function heapMb(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / MB;
}

export const pageMemory: Bench = {
  name: "page-memory",
  about: "Memory of a page that stays open",
  onlyLong: true,
  run,
};
