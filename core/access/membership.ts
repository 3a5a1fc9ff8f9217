import type { Role } from "#core/access/role.ts";
import type { OrganisationId, RegionId, Scope, SiteId } from "#core/identity/identity.ts";

/** One role held in one place. A person may hold several; each is judged on its own, never their union (Mender CVE-2026-33552). */
export type MembershipScope =
  | { kind: "organisation"; organisationId: OrganisationId }
  | { kind: "region"; organisationId: OrganisationId; regionId: RegionId }
  | { kind: "site"; organisationId: OrganisationId; regionId: RegionId; siteId: SiteId };

export type Membership = { role: Role; scope: MembershipScope };

/**
 * The place of the thing asked about. A site has all three parts; a region has no site, and what belongs to the whole
 * organisation (a person, an invitation) has neither. Only a scope that covers the whole place counts.
 */
export type Place = Scope | { organisationId: OrganisationId; regionId: RegionId | null; siteId: null };

export function covers(scope: MembershipScope, place: Place): boolean {
  if (scope.organisationId !== place.organisationId) return false;
  switch (scope.kind) {
    case "organisation":
      return true;
    case "region":
      return scope.regionId === place.regionId;
    case "site":
      return scope.siteId === place.siteId;
  }
}

/** The place a membership is about, to ask whether another person's membership lies inside one's own. */
export function placeOf(scope: MembershipScope): Place {
  switch (scope.kind) {
    case "organisation":
      return { organisationId: scope.organisationId, regionId: null, siteId: null };
    case "region":
      return { organisationId: scope.organisationId, regionId: scope.regionId, siteId: null };
    case "site":
      return { organisationId: scope.organisationId, regionId: scope.regionId, siteId: scope.siteId };
  }
}
