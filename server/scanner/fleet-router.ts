import * as z from "zod";
import { MAX_QUERY } from "#core/fleet/filter.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { countFleet, listFleet, orderFleet, PAGE_ROWS, rowsById } from "#server/scanner/fleet.ts";
import { fleetFacets } from "#server/scanner/fleet-facets-store.ts";
import { procedure } from "#server/trpc.ts";

/** The query part of the fleet page's address (core/fleet/filter.ts), so that a link and a question are the same words. */
const query = z.string().max(MAX_QUERY).default("");
const asked = z.strictObject({ query });

/** Of one question for a stretch of the order. */
const MAX_ROWS = 500;
/** Of one question for rows by id: what is in front of a reader, and some more. */
const MAX_IDS = 200;

/** The fleet table's part of the scanner router. */
export const fleetProcedures = {
  list: procedure("scanner.list")
    .input(
      z.strictObject({
        query,
        offset: z.int().min(0).max(1_000_000).default(0),
        limit: z.int().min(1).max(MAX_ROWS).default(PAGE_ROWS),
      }),
    )
    .query(({ ctx, input }) => ctx.read((tx) => listFleet(tx, input, ctx.nowMs))),
  counts: procedure("scanner.counts")
    .input(asked)
    .query(({ ctx, input }) => ctx.read((tx) => countFleet(tx, input.query, ctx.nowMs))),
  order: procedure("scanner.order")
    .input(asked)
    .query(({ ctx, input }) => ctx.read((tx) => orderFleet(tx, input.query, ctx.nowMs))),
  rows: procedure("scanner.rows")
    .input(z.strictObject({ ids: z.array(scannerIdSchema).min(1).max(MAX_IDS) }))
    .query(({ ctx, input }) => ctx.read((tx) => rowsById(tx, input.ids, ctx.nowMs))),
  facets: procedure("scanner.facets").query(({ ctx }) => ctx.read(fleetFacets)),
};
