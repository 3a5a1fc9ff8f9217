import * as z from "zod";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { releaseNameSchema } from "#core/release/release.ts";
import { procedure, router } from "#server/trpc.ts";
import { compareWith } from "./compare.ts";
import { pinScanners } from "./pin.ts";
import { releaseRefusals } from "./refusals.ts";
import { releaseScanners } from "./scanners.ts";
import { listReleases, releasePage } from "./service.ts";

const byName = z.strictObject({ name: releaseNameSchema });
/** As many as a person pins at once in the fleet table. */
const MOST_PINNED = 500;
const MOST_SHOWN = 200;

const scannersInput = byName.extend({
  show: z.enum(["all", "running", "can-take", "cannot"]).default("all"),
  limit: z.int().min(1).max(MOST_SHOWN).default(MOST_SHOWN),
});

/** Null: whatever was pinned is pinned no more. */
const pinInput = z.strictObject({
  scannerIds: z.array(scannerIdSchema).min(1).max(MOST_PINNED),
  release: releaseNameSchema.nullable(),
  reason: z.string().trim().min(1).max(1000),
});

export const releaseRouter = router({
  list: procedure("release.list").query(({ ctx }) => ctx.read((tx) => listReleases(tx, ctx.repository))),
  get: procedure("release.get")
    .input(byName)
    .query(({ ctx, input }) => ctx.read((tx) => releasePage(tx, input.name, ctx))),
  compare: procedure("release.compare")
    .input(byName.extend({ against: releaseNameSchema.nullable() }))
    .query(({ ctx, input }) => ctx.read((tx) => compareWith(tx, input, ctx.repository))),
  refusals: procedure("release.refusals")
    .input(byName)
    .query(({ ctx, input }) => ctx.read((tx) => releaseRefusals(tx, input.name))),
  scanners: procedure("release.scanners")
    .input(scannersInput)
    .query(({ ctx, input }) => ctx.read((tx) => releaseScanners(tx, input, ctx.nowMs))),
  pin: procedure("release.pin")
    .input(pinInput)
    .mutation(({ ctx, input }) => ctx.act((act) => pinScanners(act, input))),
});
