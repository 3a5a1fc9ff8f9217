import type { HeadlineWord } from "#core/headline/axes.ts";

/** Every link of the portal, typed in one place; a filter lives in the URL so that it can be sent to a colleague. */
export type FleetFilter = { headlines: readonly HeadlineWord[]; search: string; siteId: string | null };

export const NO_FILTER: FleetFilter = { headlines: [], search: "", siteId: null };

function fleet(filter: FleetFilter = NO_FILTER): string {
  const query = new URLSearchParams();
  for (const headline of filter.headlines) query.append("headline", headline);
  if (filter.search !== "") query.set("search", filter.search);
  if (filter.siteId !== null) query.set("site", filter.siteId);
  return query.size === 0 ? "/fleet" : `/fleet?${query}`;
}

export const paths = {
  home: "/",
  fleet,
  scanner: (scannerId: string) => `/scanners/${encodeURIComponent(scannerId)}`,
  adopt: (scannerId: string) => `/scanners/${encodeURIComponent(scannerId)}/adopt`,
  enrol: "/enrol",
  sites: "/sites",
  people: "/people",
  audit: (scannerId?: string) =>
    scannerId === undefined ? "/audit" : `/audit?scanner=${encodeURIComponent(scannerId)}`,
  settings: "/settings",
  about: "/about",
  setup: "/setup",
  signIn: (next?: string) => (next === undefined ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`),
} as const;

/** Only a path of this portal may be returned to after signing in; `//host` and `/\host` are other hosts to a browser (open redirect). */
export function safeNext(next: string | undefined): string {
  if (next === undefined || !/^\/(?![/\\])/.test(next) || /[\\\s\p{Cc}]/u.test(next)) return paths.home;
  return next;
}
