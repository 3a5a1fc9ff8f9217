"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import type { RegionRow } from "#server/region/view.ts";
import type { SiteRow } from "#server/site/view.ts";
import { CreateRegion, EditRegion } from "./region-forms.tsx";
import { CreateSite } from "./site-forms.tsx";
import { ClosedSites, SiteTable } from "./site-table.tsx";

export function SitesView() {
  const { t } = useWords();
  const trpc = useTRPC();
  const { may } = useMe();
  const list = useQuery(trpc.site.list.queryOptions());
  const regions = useQuery(trpc.region.list.queryOptions(undefined, { enabled: may["region.list"] }));
  const groups = groupsOf(list.data ?? [], regions.data ?? []);
  return (
    <>
      <Header crumbs={[{ label: t("site.title") }]} />
      <main id="content" tabIndex={-1} className="page">
        <div className="page-head">
          <h1>{t("site.title")}</h1>
          <Sheets />
        </div>
        <DataState query={list} what={t("site.what")} rows={6}>
          {(sites) => <Groups sites={sites} groups={groups} />}
        </DataState>
        {may["site.create"] && <CreateSite regions={groups.map(({ name }) => name)} />}
        {may["region.create"] && <CreateRegion />}
      </main>
    </>
  );
}

function Sheets() {
  const { t } = useWords();
  const { may } = useMe();
  if (!may["sheet.previewLabels"]) return null;
  return (
    <Link className="btn small" href={paths.importSheet(may["sheet.previewSites"] ? "sites" : "labels")}>
      {t("sheet.title")}
    </Link>
  );
}

type Group = { regionId: string; name: string; region: RegionRow | null; sites: SiteRow[] };

/** Regions with their open sites, by name; one without any shows up for whoever may put something into it. */
function groupsOf(sites: readonly SiteRow[], regions: readonly RegionRow[]): Group[] {
  const groups = new Map<string, Group>(
    regions.map((region) => [
      region.regionId,
      { regionId: region.regionId, name: region.name, region, sites: [] },
    ]),
  );
  for (const site of sites) {
    const { regionId, regionName: name } = site;
    const group = groups.get(regionId) ?? { regionId, name, region: null, sites: [] };
    if (site.closedAtMs === null) group.sites.push(site);
    groups.set(regionId, group);
  }
  return [...groups.values()]
    .filter(({ region, sites: open }) => region !== null || open.length > 0)
    .sort((a, b) => a.name.localeCompare(b.name));
}

function Groups({ sites, groups }: { sites: readonly SiteRow[]; groups: readonly Group[] }) {
  const { t } = useWords();
  const { may } = useMe();
  const closed = sites.filter(({ closedAtMs }) => closedAtMs !== null);
  const targets = groups.map(({ regionId, name }) => ({ regionId, name }));
  if (sites.length === 0) return <p className="t2">{t("site.none")}</p>;
  return (
    <>
      {groups.map((group) => (
        <section key={group.regionId}>
          <div className="sec">
            <h2>
              <bdi>{group.name}</bdi>
            </h2>
            <span className="r">
              {t("site.openCount", { n: group.sites.length })}{" "}
              {group.region !== null && may["region.rename"] && <EditRegion region={group.region} />}
            </span>
          </div>
          {group.sites.length === 0 ? (
            <p className="t2">{t("region.noSite")}</p>
          ) : (
            <SiteTable sites={group.sites} regions={targets} />
          )}
        </section>
      ))}
      {closed.length > 0 && <ClosedSites sites={closed} />}
    </>
  );
}
