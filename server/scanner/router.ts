import * as z from "zod";
import { epochMsSchema, scannerIdSchema, serialSchema } from "#core/identity/identity.ts";
import { fiveClosures, generationDiff } from "#server/scanner/closures.ts";
import { scannerDiagram } from "#server/scanner/diagram.ts";
import { fleetProcedures } from "#server/scanner/fleet-router.ts";
import { listItems } from "#server/scanner/items.ts";
import { factsOf, requireScanner, scannerPage } from "#server/scanner/page.ts";
import { renameScanner } from "#server/scanner/rename.ts";
import { scannerSeries } from "#server/scanner/series.ts";
import { scannerSiblings } from "#server/scanner/siblings.ts";
import { scannerTimeline } from "#server/scanner/timeline.ts";
import type { ScannerFacts } from "#server/scanner/view.ts";
import { tagsSchema } from "#server/scanner-record/router.ts";
import { procedure, router } from "#server/trpc.ts";

const byId = z.strictObject({ scannerId: scannerIdSchema });
/** A toplevel as a scanner reported it; looked up, never opened. */
const toplevel = z.string().min(1).max(512);

/** A drawing of a few items: what a page shows at once. */
const seriesInput = z.strictObject({
  scannerId: scannerIdSchema,
  itemIds: z.array(z.string().min(1).max(200)).max(200),
  fromMs: epochMsSchema,
  toMs: epochMsSchema,
});

const label = z.string().trim().min(1).max(120);

const renameInput = z.strictObject({
  scannerId: scannerIdSchema,
  alias: label.nullable().optional(),
  serial: serialSchema.optional(),
  model: label.nullable().optional(),
  hardwareRevision: label.nullable().optional(),
  room: label.nullable().optional(),
  tags: tagsSchema.optional(),
  reason: z.string().trim().min(1).max(1000),
});

export const scannerRouter = router({
  ...fleetProcedures,
  get: procedure("scanner.get")
    .input(byId)
    .query(({ ctx, input }) => ctx.read((tx) => scannerPage(tx, input.scannerId, ctx))),
  items: procedure("scanner.items")
    .input(byId)
    .query(({ ctx, input }) => ctx.read((tx) => listItems(tx, input.scannerId, ctx.nowMs))),
  diagram: procedure("scanner.diagram")
    .input(byId)
    .query(({ ctx, input }) => ctx.read((tx) => scannerDiagram(tx, input.scannerId, ctx.nowMs))),
  siblings: procedure("scanner.siblings")
    .input(byId)
    .query(({ ctx, input }) => ctx.read((tx) => scannerSiblings(tx, input.scannerId, ctx.nowMs))),
  series: procedure("scanner.series")
    .input(seriesInput)
    .query(({ ctx, input }) => ctx.read((tx) => scannerSeries(tx, input))),
  closures: procedure("scanner.closures")
    .input(byId)
    .query(({ ctx, input }) => ctx.read((tx) => fiveClosures(tx, input.scannerId))),
  generationDiff: procedure("scanner.generationDiff")
    .input(z.strictObject({ scannerId: scannerIdSchema, from: toplevel, to: toplevel }))
    .query(({ ctx, input }) => ctx.read((tx) => generationDiff(tx, input))),
  facts: procedure("scanner.facts")
    .input(byId)
    .query(({ ctx, input }) =>
      ctx.read(async (tx): Promise<ScannerFacts> => {
        const scanner = await requireScanner(tx, input.scannerId);
        const opaque = (scanner.state?.opaque ?? {}) as ScannerFacts["opaque"];
        return { facts: factsOf(scanner), opaque, observedAtMs: scanner.state?.observedAt.getTime() ?? null };
      }),
    ),
  timeline: procedure("scanner.timeline")
    .input(z.strictObject({ scannerId: scannerIdSchema, fromMs: epochMsSchema, toMs: epochMsSchema }))
    .query(({ ctx, input }) => ctx.read((tx) => scannerTimeline(tx, input))),
  rename: procedure("scanner.rename")
    .input(renameInput)
    .mutation(({ ctx, input }) => ctx.act((act) => renameScanner(act, ctx.memberships, input))),
});
