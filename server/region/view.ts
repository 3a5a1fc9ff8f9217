import type { RegionId } from "#core/identity/identity.ts";

export type RegionRow = {
  regionId: RegionId;
  name: string;
  /** Sites that are not closed, and those that are. */
  sites: { open: number; closed: number };
};
