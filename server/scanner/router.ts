import * as z from "zod";
import { HEADLINES } from "#core/headline/axes.ts";
import { epochMsSchema, scannerIdSchema, serialSchema, siteIdSchema } from "#core/identity/identity.ts";
import { fiveClosures, generationDiff } from "#server/scanner/closures.ts";
import { listFleet } from "#server/scanner/fleet.ts";
import { listItems } from "#server/scanner/items.ts";
import { factsOf, requireScanner, scannerPage } from "#server/scanner/page.ts";
import { renameScanner } from "#server/scanner/rename.ts";
import { scannerTimeline } from "#server/scanner/timeline.ts";
import type { ScannerFacts } from "#server/scanner/view.ts";
import { procedure, router } from "#server/trpc.ts";

const byId = z.strictObject({ scannerId: scannerIdSchema });
/** A toplevel as a scanner reported it; looked up, never opened. */
const toplevel = z.string().min(1).max(512);

const fleetInput = z.strictObject({
  headline: z.array(z.enum(HEADLINES)).max(HEADLINES.length).optional(),
  search: z.string().max(200).optional(),
  siteId: siteIdSchema.optional(),
  limit: z.int().min(1).max(500).default(200),
  cursor: z.string().max(400).optional(),
});

const label = z.string().trim().min(1).max(120);

const renameInput = z.strictObject({
  scannerId: scannerIdSchema,
  alias: label.nullable().optional(),
  serial: serialSchema.optional(),
  model: label.nullable().optional(),
  service: z.enum(["in-service", "maintenance", "out-of-service"]).optional(),
  reason: z.string().trim().min(1).max(1000),
});

export const scannerRouter = router({
  list: procedure("scanner.list")
    .input(fleetInput)
    .query(({ ctx, input }) => ctx.read((tx) => listFleet(tx, input, ctx.nowMs))),
  get: procedure("scanner.get")
    .input(byId)
    .query(({ ctx, input }) => ctx.read((tx) => scannerPage(tx, input.scannerId, ctx))),
  items: procedure("scanner.items")
    .input(byId)
    .query(({ ctx, input }) => ctx.read((tx) => listItems(tx, input.scannerId, ctx.nowMs))),
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
