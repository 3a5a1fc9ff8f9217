import { parsePackageName } from "#core/closure/package-name.ts";
import { storePathParts } from "#core/closure/store-path.ts";
import type { ClosurePathList } from "#core/closure/upload.ts";
import type { Signed } from "#demo/ceremony/hold-ceremony.ts";
import { systemNameOf } from "#demo/ceremony/release-file.ts";
import type { HostSystem } from "#demo/host/systems.ts";
import type { FleetPlan } from "#demo/plan/plan.ts";
import { planId } from "#demo/plan/plan-id.ts";
import { fleetStartMs } from "#demo/plan/rollout.ts";
import type { DemoRelease } from "#demo/release/release.ts";
import type { SeededReleases } from "#demo/seed/known-releases.ts";
import { type Row, userIdOf } from "#demo/seed/scanner-rows.ts";
import { contentOf } from "#server/release/content.ts";

/** Rows of what scanners share: places, people, releases and closures. */

export function placeRows(plan: FleetPlan): { organisations: Row[]; regions: Row[]; sites: Row[] } {
  const { organisationId, name } = plan.organisation;
  const createdAt = new Date(fleetStartMs(plan.nowMs));
  return {
    organisations: [{ id: organisationId, name, createdAt }],
    regions: plan.regions.map((region) => ({
      id: region.regionId,
      organisationId,
      name: region.name,
      createdAt,
    })),
    sites: plan.sites.map(({ siteId, regionId, name: siteName, timeZone }) => ({
      id: siteId,
      organisationId,
      regionId,
      name: siteName,
      timeZone,
      createdAt,
    })),
  };
}

/** Nobody has a password: an example is entered by saying who one wants to be. */
export function peopleRows(plan: FleetPlan): { users: Row[]; memberships: Row[]; preferences: Row[] } {
  const { organisationId } = plan.organisation;
  const createdAt = new Date(fleetStartMs(plan.nowMs));
  const admin = userIdOf(plan, "okonkwo");
  return {
    users: plan.people.map(({ userId, name, email }) => ({
      id: userId,
      name,
      email,
      emailVerified: true,
      createdAt,
      updatedAt: createdAt,
    })),
    memberships: plan.people.map(({ key, userId, role, scope }) => ({
      id: planId(plan.seed, `membership ${key}`, createdAt.getTime()),
      userId,
      role,
      scopeKind: scope.kind,
      organisationId,
      ...scopeIds(plan, scope),
      createdAt,
      createdBy: admin,
    })),
    preferences: plan.people.map(({ userId, locale, timeZone }) => ({ userId, locale, timeZone })),
  };
}

function scopeIds(plan: FleetPlan, scope: FleetPlan["people"][number]["scope"]) {
  switch (scope.kind) {
    case "organisation":
      return { regionId: null, siteId: null };
    case "region":
      return { regionId: regionId(plan, scope.region), siteId: null };
    case "site": {
      const site = plan.sites.find(({ name }) => name === scope.site);
      if (site === undefined) throw new Error(`there is no site ${scope.site}`);
      return { regionId: site.regionId, siteId: site.siteId };
    }
  }
}

function regionId(plan: FleetPlan, name: string): string {
  const region = plan.regions.find((one) => one.name === name);
  if (region === undefined) throw new Error(`there is no region ${name}`);
  return region.regionId;
}

/** Those that people signed as the server stores what was published; the older ones as it knows them from before there were keys. */
export function releaseRows(plan: FleetPlan, releases: SeededReleases, signed: Signed): Row[] {
  const { organisationId } = plan.organisation;
  const createdBy = userIdOf(plan, "lindqvist");
  return releases.all.map(({ releaseId, toplevel, manifest, createdAtMs, release }) => ({
    id: releaseId,
    organisationId,
    origin: "signed",
    name: release.name,
    toplevel,
    closureDigest: release.digest,
    manifest: { json: manifest },
    note: `${release.model}${release.flaw === null ? "" : "; withdrawn: the module of the acquisition cards is missing"}`,
    createdBy,
    createdAt: new Date(createdAtMs),
    counter: release.counter,
    ...signedColumns(release, signed),
  }));
}

function signedColumns({ name, model, publishedAtMs }: DemoRelease, { files, signers }: Signed): Row {
  const file = files.find((one) => one.release.name === name);
  const system = file?.release.systems.find((one) => one.name === systemNameOf(model));
  const known = file === undefined || system === undefined ? null : { file, system };
  return {
    system: known?.system.name ?? null,
    floor: known?.file.release.floor ?? null,
    targetPath: known?.file.targetPath ?? null,
    sha256: known?.file.sha256 ?? null,
    length: known?.file.bytes.length ?? null,
    signers: known === null ? null : { json: signers },
    withdrawn: known?.file.withdrawn ?? null,
    content: known === null ? null : { json: contentOf(known.file.release, known.system) },
    releasedAt: known === null ? null : new Date(publishedAtMs),
  };
}

export type ClosureRows = { closure: Row; paths: Row[] };

/** As an upload is stored (server/closure/store.ts). */
export function closureRows(plan: FleetPlan, system: HostSystem, uploadedBy: string): ClosureRows {
  const list: ClosurePathList = system.list();
  const { digest, toplevel, boot } = list;
  return {
    closure: {
      digest,
      organisationId: plan.organisation.organisationId,
      toplevel,
      narHash: system.narHash,
      narSize: list.paths.reduce((sum, { narSize }) => sum + BigInt(narSize), 0n),
      pathCount: list.paths.length,
      boot: boot === undefined || boot === null ? null : { json: boot },
      uploadedBy,
      createdAt: new Date(system.release.publishedAtMs),
    },
    paths: list.paths.map(({ path, narHash, narSize, references }, position) => ({
      closureDigest: digest,
      position,
      path,
      ...parsePackageName(storePathParts(path).name),
      narHash,
      narSize,
      references,
    })),
  };
}
