import * as z from "zod";
import type { FleetFilter } from "#app/paths.ts";
import { HEADLINES } from "#core/headline/axes.ts";
import { siteIdSchema } from "#core/identity/identity.ts";

const many = <T extends z.ZodType>(one: T) =>
  z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]), z.array(one));

const query = z.object({
  headline: many(z.enum(HEADLINES)).catch([]),
  search: z
    .preprocess((value) => (Array.isArray(value) ? value[0] : value), z.string().trim().max(100))
    .catch(""),
  site: siteIdSchema.nullable().catch(null),
});

/** Reads the filter from the URL. What is not understood filters nothing: a mistyped link must not hide a scanner. */
export function readFilter(search: Readonly<Record<string, string | string[] | undefined>>): FleetFilter {
  const parsed = query.parse({
    headline: search["headline"],
    search: search["search"],
    site: search["site"],
  });
  return { headlines: [...new Set(parsed.headline)], search: parsed.search, siteId: parsed.site };
}

export function isFiltered(filter: FleetFilter): boolean {
  return filter.headlines.length > 0 || filter.search !== "" || filter.siteId !== null;
}

/** The same filter with one headline switched on or off. */
export function toggled(filter: FleetFilter, headline: FleetFilter["headlines"][number]): FleetFilter {
  const on = filter.headlines.includes(headline);
  const headlines = on ? filter.headlines.filter((one) => one !== headline) : [...filter.headlines, headline];
  return { ...filter, headlines };
}

const PAGE = 200;

/** The question to the server that a filter stands for. */
export function listInput(filter: FleetFilter) {
  return {
    limit: PAGE,
    ...(filter.headlines.length === 0 ? {} : { headline: [...filter.headlines] }),
    ...(filter.search === "" ? {} : { search: filter.search }),
    ...(filter.siteId === null ? {} : { siteId: siteIdSchema.parse(filter.siteId) }),
  };
}
