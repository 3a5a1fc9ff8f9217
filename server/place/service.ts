import type { Scope } from "#core/identity/identity.ts";
import * as rows from "./rooted-rows-store.ts";

/** All rows of a scanner, or of a site, get another place in the tree; who may ask for it is the caller's question. */
export const moveScannerRows = rows.moveScannerRows;
export const moveSiteRows = rows.moveSiteRows;

/** Where a site lies, as rights and rows name it. */
export function scopeOf(site: { id: string; organisationId: string; regionId: string }): Scope {
  return { organisationId: site.organisationId, regionId: site.regionId, siteId: site.id } as Scope;
}
