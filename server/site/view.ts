import type { RegionId, SiteId } from "#core/identity/identity.ts";

export type SiteRow = {
  siteId: SiteId;
  name: string;
  /** IANA time zone of the place the scanners stand in. */
  timeZone: string;
  regionId: RegionId;
  regionName: string;
  /** Scanners that were not retired. */
  scanners: number;
  retiredScanners: number;
  /** When it was closed; null: it is open. */
  closedAtMs: number | null;
};
