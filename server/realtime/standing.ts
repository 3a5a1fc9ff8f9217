import { covers, type Membership, type Place } from "#core/access/membership.ts";
import { mayAnywhere, PERMISSIONS, type ProcedureName } from "#core/access/permission.ts";
import type { SiteId } from "#core/identity/identity.ts";
import type { ListName } from "#server/act.ts";

/** What one socket's person may be nudged about, as of the last look. */
export type Standing = { scanners: ReadonlySet<SiteId>; lists: Record<ListName, Audience> };
type Audience = { anywhere: boolean; sites: ReadonlySet<SiteId> };
export type SitePlace = Extract<Place, { siteId: SiteId }>;

/** Each list is read by one procedure: who may not read it is not told that it changed. */
const READ_BY = {
  enrolment: "enrolment.list",
  people: "person.list",
  site: "site.list",
  release: "release.list",
} as const satisfies Record<ListName, ProcedureName>;

export function standingOf(memberships: readonly Membership[], places: readonly SitePlace[]): Standing {
  const sitesFor = (procedure: ProcedureName): ReadonlySet<SiteId> => {
    const granting = memberships.filter(({ role }) => PERMISSIONS[procedure][role] === "scope");
    return new Set(
      places
        .filter((place) => granting.some(({ scope }) => covers(scope, place)))
        .map(({ siteId }) => siteId),
    );
  };
  const audience = (list: ListName): Audience => ({
    anywhere: mayAnywhere(memberships, READ_BY[list]),
    sites: sitesFor(READ_BY[list]),
  });
  return {
    scanners: sitesFor("scanner.list"),
    lists: {
      enrolment: audience("enrolment"),
      people: audience("people"),
      site: audience("site"),
      release: audience("release"),
    },
  };
}

/** A change at no particular site concerns whoever may read the list anywhere. */
export function hears(standing: Standing, list: ListName, siteId: SiteId | null): boolean {
  const { anywhere, sites } = standing.lists[list];
  return siteId === null ? anywhere : sites.has(siteId);
}
