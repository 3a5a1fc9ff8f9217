import type { Service } from "#core/headline/axes.ts";
import type { OrganisationId, RegionId, ScannerId, SiteId } from "#core/identity/identity.ts";
import type { ChangeTold } from "#core/report/change-kind.ts";
import type { FaultAt } from "#demo/host/host-state.ts";
import { MODEL_NAMES, type ModelName } from "#demo/model/model.ts";
import { type Condition, conditionsFor } from "#demo/plan/condition.ts";
import { historyOf } from "#demo/plan/history.ts";
import type { ScannerMoment } from "#demo/plan/moment.ts";
import { PEOPLE, type PersonPlan } from "#demo/plan/people.ts";
import { REGION_NAMES, type RegionName, SITES, type SitePlan } from "#demo/plan/places.ts";
import { planId } from "#demo/plan/plan-id.ts";
import { fleetStartMs } from "#demo/plan/rollout.ts";
import { type ScannerCard, scannerCards } from "#demo/plan/scanner-card.ts";
import { type DemoRelease, releasesOf } from "#demo/release/release.ts";

/** The fleet's whole story from one seed: pure data, the same for the same order on every machine. */
export type FleetOrder = { seed: string; scanners: number; nowMs: number };

export type PlannedScanner = Omit<ScannerCard, "site"> & {
  scannerId: ScannerId;
  site: PlannedSite;
  enrolledMs: number;
  moments: readonly ScannerMoment[];
  condition: Condition;
  /** What holds at the plan's now. */
  now: {
    release: string;
    pinnedRelease: string;
    change: ChangeTold | null;
    faults: readonly FaultAt[];
    /** Since when nothing is heard of it; null: it is. */
    silentSinceMs: number | null;
    service: Service;
    serviceReason: string | null;
  };
};

export type PlannedSite = SitePlan & { siteId: SiteId; regionId: RegionId };
type PlannedPerson = PersonPlan & { userId: string };

export type FleetPlan = Omit<FleetOrder, "scanners"> & {
  organisation: { organisationId: OrganisationId; name: string };
  regions: readonly { regionId: RegionId; name: RegionName }[];
  sites: readonly PlannedSite[];
  people: readonly PlannedPerson[];
  /** Oldest first. */
  releases: Readonly<Record<ModelName, readonly DemoRelease[]>>;
  scanners: readonly PlannedScanner[];
};

export function planFleet(order: FleetOrder): FleetPlan {
  const { seed, nowMs } = order;
  const startMs = fleetStartMs(nowMs);
  const id = (word: string) => planId(seed, word, startMs);
  const regions = REGION_NAMES.map((name) => ({ regionId: id(`region ${name}`) as RegionId, name }));
  const sites = SITES.map((site) => ({
    ...site,
    siteId: id(`site ${site.name}`) as SiteId,
    regionId: id(`region ${site.region}`) as RegionId,
  }));
  const releases = Object.fromEntries(
    MODEL_NAMES.map((model) => [model, releasesOf(model, nowMs)]),
  ) as unknown as FleetPlan["releases"];
  return {
    seed,
    nowMs,
    organisation: { organisationId: id("organisation") as OrganisationId, name: "Fiducial Imaging" },
    regions,
    sites,
    people: PEOPLE.map((person) => ({ ...person, userId: id(`person ${person.key}`) })),
    releases,
    scanners: planScanners(order, sites, releases),
  };
}

function planScanners(
  order: FleetOrder,
  sites: readonly PlannedSite[],
  releases: FleetPlan["releases"],
): PlannedScanner[] {
  const cards = scannerCards(order);
  const conditions = conditionsFor(cards, order.seed);
  const byName = new Map(sites.map((site) => [site.name, site]));
  return cards.map((card, at) => {
    const site = byName.get(card.site);
    const condition = conditions[at];
    if (site === undefined || condition === undefined)
      throw new Error(`${card.serial} has no place in the plan`);
    const history = historyOf({ card, site, condition, order, releases: releases[card.model] });
    return {
      ...card,
      ...history,
      site,
      condition,
      scannerId: planId(order.seed, `scanner ${card.serial}`, history.enrolledMs) as ScannerId,
    };
  });
}
