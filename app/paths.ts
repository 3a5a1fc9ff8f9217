import { type FleetFilter, NO_FILTER, writeFleetQuery } from "#core/fleet/filter.ts";

/** Every link of the portal, typed in one place; a filter lives in the URL so that it can be sent to a colleague. */
function fleet(filter: Partial<FleetFilter> = {}): string {
  const query = writeFleetQuery({ ...NO_FILTER, ...filter });
  return query === "" ? "/fleet" : `/fleet?${query}`;
}

/** A question stands in the address as it was typed; `ever` looks through history too. */
function ask(text?: string, when: "now" | "ever" = "now"): string {
  if (text === undefined || text === "") return "/ask";
  return `/ask?${new URLSearchParams({ q: text, ...(when === "ever" ? { when } : {}) })}`;
}

/** A moment in an address: to the second, in UTC, readable by people. */
function momentText(ms: number): string {
  return new Date(Math.round(ms / 1_000) * 1_000).toISOString().replace(".000Z", "Z");
}

export type ComparedSide = { scannerId: string; atMs: number | null };

function compare(a?: ComparedSide | null, b?: ComparedSide | null): string {
  const query = new URLSearchParams();
  for (const [name, side] of [
    ["a", a],
    ["b", b],
  ] as const) {
    if (side === null || side === undefined) continue;
    query.set(name, side.scannerId);
    if (side.atMs !== null) query.set(`${name}t`, momentText(side.atMs));
  }
  return query.size === 0 ? "/compare" : `/compare?${query}`;
}

export type PastFilter = { headlines: readonly string[]; search: string };

function fleetAt(atMs?: number, filter: PastFilter = { headlines: [], search: "" }): string {
  const query = new URLSearchParams();
  if (atMs !== undefined) query.set("t", momentText(atMs));
  for (const headline of filter.headlines) query.append("headline", headline);
  if (filter.search !== "") query.set("search", filter.search);
  return query.size === 0 ? "/fleet/at" : `/fleet/at?${query}`;
}

function scannerAt(scannerId: string, atMs?: number): string {
  const base = `/scanners/${encodeURIComponent(scannerId)}/at`;
  return atMs === undefined ? base : `${base}?t=${encodeURIComponent(momentText(atMs))}`;
}

/** `against`: the release it is compared with; without one the server's own choice. */
function release(name: string, against?: string): string {
  const base = `/releases/${encodeURIComponent(name)}`;
  return against === undefined ? base : `${base}?against=${encodeURIComponent(against)}`;
}

export type ChangesFilter = { open: boolean; scannerId: string | null };

function changes({ open, scannerId }: ChangesFilter = { open: false, scannerId: null }): string {
  const query = new URLSearchParams();
  if (open) query.set("open", "1");
  if (scannerId !== null) query.set("scanner", scannerId);
  return query.size === 0 ? "/changes" : `/changes?${query}`;
}

/** The page on which an upgrade is asked for; what is not named is chosen there. */
function upgrade(asked: { release: string | null; scannerIds: readonly string[] }): string {
  const query = new URLSearchParams();
  if (asked.release !== null) query.set("release", asked.release);
  for (const id of asked.scannerIds) query.append("scanner", id);
  return query.size === 0 ? "/changes/upgrade" : `/changes/upgrade?${query}`;
}

/** `changeId`: the rollback that was asked for here, to be watched. */
function rollback(scannerId: string, changeId?: string): string {
  const base = `/scanners/${encodeURIComponent(scannerId)}/rollback`;
  return changeId === undefined ? base : `${base}?change=${encodeURIComponent(changeId)}`;
}

export const paths = {
  home: "/",
  fleet,
  fleetAt,
  ask,
  compare,
  scannerAt,
  releases: "/releases",
  release,
  changes,
  change: (changeId: string) => `/changes/${encodeURIComponent(changeId)}`,
  upgrade,
  rollback,
  scanner: (scannerId: string) => `/scanners/${encodeURIComponent(scannerId)}`,
  adopt: (scannerId: string) => `/scanners/${encodeURIComponent(scannerId)}/adopt`,
  enrol: "/enrol",
  /** A token for new hardware of a scanner that goes on under its own name. */
  replaceHardware: (scannerId: string) => `/enrol?replace=${encodeURIComponent(scannerId)}`,
  importSheet: (kind: "labels" | "sites") => `/sites/import?what=${kind}`,
  sites: "/sites",
  people: "/people",
  audit: (scannerId?: string) =>
    scannerId === undefined ? "/audit" : `/audit?scanner=${encodeURIComponent(scannerId)}`,
  auditOfSite: (siteId: string) => `/audit?site=${encodeURIComponent(siteId)}`,
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
