import * as z from "zod";
import type { PastFilter } from "#app/paths.ts";
import { HEADLINES, type HeadlineWord } from "#core/headline/axes.ts";

const list = (value: unknown) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const filter = z.object({
  headline: z.preprocess(list, z.array(z.enum(HEADLINES))).catch([]),
  search: z.preprocess((value) => list(value)[0], z.string().trim().max(100)).catch(""),
});

/** What is not understood filters nothing. */
export function readPastFilter(
  raw: Readonly<Record<string, unknown>>,
): PastFilter & { headlines: HeadlineWord[] } {
  const { headline, search } = filter.parse(raw);
  return { headlines: [...new Set(headline)], search };
}
