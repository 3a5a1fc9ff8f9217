"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#app/trpc.tsx";
import { headlineWord, useSay } from "#app/ui/say.ts";
import type { Word } from "#app/ui/words.ts";
import { useWords } from "#app/viewer.tsx";
import {
  type FilterEntry,
  type FilterField,
  HEADLINE_CHOICES,
  LINK_CHOICES,
  PIN_CHOICES,
} from "#core/fleet/filter.ts";
import { spanMs } from "#core/fleet/span.ts";
import { CHANGES, SAFETIES, SERVICES, SOFTWARES } from "#core/headline/axes.ts";
import type { Mark } from "#core/headline/encoding.ts";
import { durationText } from "#core/time/duration.ts";
import type { FleetFacets } from "#server/scanner/view.ts";

/** Fields whose values the fleet itself has; the others are closed lists. */
const FACET_FIELDS = ["site", "region", "model", "tag", "running", "pinned", "item", "origin"] as const;
type FacetField = (typeof FACET_FIELDS)[number];

const SPANS = ["5m", "15m", "1h", "1d", "7d", "30d"] as const;

export const CLOSED = {
  headline: HEADLINE_CHOICES,
  service: SERVICES,
  pin: PIN_CHOICES,
  safety: SAFETIES,
  link: LINK_CHOICES,
  software: SOFTWARES,
  change: CHANGES,
  "seen-before": SPANS,
  "seen-within": SPANS,
} as const satisfies Partial<Record<FilterField, readonly string[]>>;

export function isFacetField(field: FilterField): field is FacetField {
  return FACET_FIELDS.some((one) => one === field);
}

const FACETS_STALE_MS = 60_000;

/** Values of the fleet with their counts; asked for when somebody wants to see them. */
export function useFacets(enabled: boolean): FleetFacets | undefined {
  const trpc = useTRPC();
  return useQuery(trpc.scanner.facets.queryOptions(undefined, { enabled, staleTime: FACETS_STALE_MS })).data;
}

/** The words of a condition: its field and its value, as a reader of the page says them. */
export function useFilterWords(facets: FleetFacets | undefined) {
  const { t, locale } = useWords();
  const say = useSay();
  const nameIn = (field: "site" | "region", value: string) =>
    facets?.[field].find((one) => one.value === value)?.name ??
    t(facets === undefined ? "filter.loading" : "filter.elsewhere");
  const spoken = {
    headline: (value: string) => headlineWord(value as Mark, locale),
    site: (value: string) => nameIn("site", value),
    region: (value: string) => nameIn("region", value),
    service: (value: string) => say.word("service", value),
    safety: (value: string) => say.word("safety", value),
    link: (value: string) => say.word("link", value),
    software: (value: string) => say.word("software", value),
    change: (value: string) => say.word("change", value),
    pin: (value: string) => t(`pin.${value}` as Word),
    "seen-before": (value: string) => durationText(locale, spanMs(value) ?? 0),
    "seen-within": (value: string) => durationText(locale, spanMs(value) ?? 0),
  } as const satisfies Partial<Record<FilterField, (value: string) => string>>;
  return {
    field: (field: FilterField) => t(`filter.${field}` as Word),
    value: ({ field, value }: FilterEntry) => {
      if (field in spoken) return spoken[field as keyof typeof spoken](value);
      return value === "" ? t("filter.none") : value;
    },
  };
}
