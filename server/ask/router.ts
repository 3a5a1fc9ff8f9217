import * as z from "zod";
import { ASK_KINDS } from "#core/ask/kinds.ts";
import { MAX_QUESTION } from "#core/ask/question.ts";
import { askScanners, find } from "#server/ask/scanners.ts";
import { answer, suggest } from "#server/ask/service.ts";
import { procedure, router } from "#server/trpc.ts";

/** PostgreSQL takes no NUL; everything else may be part of what a scanner called something. */
const plain = z.string().refine((one) => !one.includes("\0"), "no NUL");
const text = plain.trim().min(1).max(MAX_QUESTION);
const when = z.enum(["now", "ever"]).default("now");

const scannersInput = z.strictObject({
  text,
  when,
  kind: z.enum(ASK_KINDS),
  name: plain.min(1).max(512),
  value: plain.max(512).nullable(),
  numbers: z.boolean().default(false),
  limit: z.int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional(),
});

export const askRouter = router({
  answer: procedure("ask.answer")
    .input(z.strictObject({ text, when }))
    .query(({ ctx, input }) => ctx.read((tx) => answer(tx, input, ctx.nowMs))),
  scanners: procedure("ask.scanners")
    .input(scannersInput)
    .query(({ ctx, input }) => ctx.read((tx) => askScanners(tx, input, ctx.nowMs))),
  suggest: procedure("ask.suggest")
    .input(z.strictObject({ text }))
    .query(({ ctx, input }) => ctx.read((tx) => suggest(tx, input.text))),
  find: procedure("ask.find")
    .input(z.strictObject({ text: plain.trim().min(1).max(100) }))
    .query(({ ctx, input }) => ctx.read((tx) => find(tx, input.text))),
});
