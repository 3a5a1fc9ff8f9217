import type { SiteId } from "#core/identity/identity.ts";

export type SiteRow = {
  siteId: SiteId;
  name: string;
  /** IANA time zone of the place the scanners stand in. */
  timeZone: string;
  regionName: string;
  /** Scanners that were not retired. */
  scanners: number;
};
