import * as z from "zod";
import { epochMsSchema, scannerIdSchema, siteIdSchema } from "#core/identity/identity.ts";
import { MAX_TAGS, tagOf } from "#core/label/tag.ts";
import { procedure, router } from "#server/trpc.ts";
import { moveScanner } from "./move.ts";
import { retireScanner } from "./retire.ts";
import { endMaintenance, markMaintenance, setService } from "./service-mark.ts";
import { MOST_AT_ONCE } from "./several.ts";
import { tagScanners } from "./tags.ts";

const reason = z.string().trim().min(1).max(1000);
const several = z.strictObject({
  scannerIds: z.array(scannerIdSchema).min(1).max(MOST_AT_ONCE),
  reason,
});

const tag = z
  .string()
  .max(200)
  .transform((typed, context) => {
    const spelled = tagOf(typed);
    if (spelled !== null) return spelled;
    context.addIssue({ code: "custom", message: "not a tag" });
    return z.NEVER;
  });
/** Each once, sorted, as they are stored. */
export const tagsSchema = z
  .array(tag)
  .max(MAX_TAGS)
  .transform((list) => [...new Set(list)].sort());
const tags = tagsSchema.default([]);

/** What people write on scanners; mounted beside what they read of them, under `scanner`. */
export const scannerRecordRouter = router({
  tag: procedure("scanner.tag")
    .input(several.extend({ add: tags, remove: tags }))
    .mutation(({ ctx, input }) => ctx.act((act) => tagScanners(act, input))),
  maintain: procedure("scanner.maintain")
    .input(several.extend({ untilMs: epochMsSchema.nullable() }))
    .mutation(({ ctx, input }) => ctx.act((act) => markMaintenance(act, input))),
  endMaintenance: procedure("scanner.endMaintenance")
    .input(several)
    .mutation(({ ctx, input }) => ctx.act((act) => endMaintenance(act, input))),
  setService: procedure("scanner.setService")
    .input(several.extend({ service: z.enum(["in-service", "out-of-service"]) }))
    .mutation(({ ctx, input }) => ctx.act((act) => setService(act, input))),
  move: procedure("scanner.move")
    .input(z.strictObject({ scannerId: scannerIdSchema, siteId: siteIdSchema, reason }))
    .mutation(({ ctx, input }) => ctx.act((act) => moveScanner(act, input))),
  retire: procedure("scanner.retire")
    .input(z.strictObject({ scannerId: scannerIdSchema, serial: z.string().trim().max(64), reason }))
    .mutation(({ ctx, input }) => ctx.act((act) => retireScanner(act, input))),
});
