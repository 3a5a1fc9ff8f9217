"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { NO_FILTER, paths } from "#app/paths.ts";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { wall } from "#app/ui/time/zone.ts";
import { useClock, useMe, useWords } from "#app/viewer.tsx";
import type { SiteRow } from "#server/site/view.ts";
import { CreateSite, RenameSite } from "./site-forms.tsx";

export function SitesView() {
  const { t } = useWords();
  const trpc = useTRPC();
  const { may } = useMe();
  const list = useQuery(trpc.site.list.queryOptions());
  return (
    <>
      <Header crumbs={[{ label: t("site.title") }]} />
      <main id="content" tabIndex={-1} className="page">
        <h1>{t("site.title")}</h1>
        <DataState query={list} what={t("site.what")} rows={6}>
          {(sites) => (
            <section>
              <div className="sec">
                <h2>{t("site.count", { n: sites.length })}</h2>
              </div>
              <SiteTable sites={sites} />
            </section>
          )}
        </DataState>
        {may["site.create"] && (
          <CreateSite regions={[...new Set(list.data?.map(({ regionName }) => regionName))]} />
        )}
      </main>
    </>
  );
}

function SiteTable({ sites }: { sites: readonly SiteRow[] }) {
  const { t, locale } = useWords();
  const { may } = useMe();
  return (
    <table className="tbl flush stack">
      <thead>
        <tr>
          <th scope="col">{t("site.name")}</th>
          <th scope="col">{t("site.region")}</th>
          <th scope="col">{t("site.zone")}</th>
          <th scope="col">{t("site.now")}</th>
          <th scope="col" className="num">
            {t("site.scanners")}
          </th>
          <th scope="col">
            <span className="sr">{t("audit.action")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sites.map((site) => (
          <tr key={site.siteId}>
            <th scope="row">
              <Link className="link" href={paths.fleet({ ...NO_FILTER, siteId: site.siteId })}>
                <bdi>{site.name}</bdi>
              </Link>
            </th>
            <td data-label={t("site.region")}>
              <bdi>{site.regionName}</bdi>
            </td>
            <td data-label={t("site.zone")}>{site.timeZone}</td>
            <td data-label={t("site.now")}>
              <LocalTime zone={site.timeZone} locale={locale} />
            </td>
            <td className="num" data-label={t("site.scanners")}>
              {site.scanners}
            </td>
            <td className="num">{may["site.rename"] && <RenameSite site={site} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function LocalTime({ zone, locale }: { zone: string; locale: "en" | "de" }) {
  const text = useClock((nowMs) => {
    const at = wall(nowMs, zone, locale);
    return `${at.day} ${at.minute} ${at.zone}`;
  });
  return <span suppressHydrationWarning>{text}</span>;
}
