"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { paths } from "#app/paths.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ReasonDialog } from "#app/ui/reason-dialog.tsx";
import { Time } from "#app/ui/time/time.tsx";
import { wall } from "#app/ui/time/zone.ts";
import { useClock, useMe, useWords } from "#app/viewer.tsx";
import type { SiteRow } from "#server/site/view.ts";
import { EditSite, type RegionChoice } from "./edit-site.tsx";

type Props = { sites: readonly SiteRow[]; regions: readonly RegionChoice[] };

export function SiteTable({ sites, regions }: Props) {
  const { t, locale } = useWords();
  const { may } = useMe();
  return (
    <table className="tbl flush stack sites">
      <thead>
        <tr>
          <th scope="col">{t("site.name")}</th>
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
              <SiteLink site={site} />
            </th>
            <td data-label={t("site.zone")}>{site.timeZone}</td>
            <td data-label={t("site.now")}>
              <LocalTime zone={site.timeZone} locale={locale} />
            </td>
            <td className="num" data-label={t("site.scanners")}>
              {site.scanners}{" "}
              {site.retiredScanners > 0 && (
                <span className="t3">{t("site.retired", { n: site.retiredScanners })}</span>
              )}
            </td>
            <td className="num">{may["site.rename"] && <EditSite site={site} regions={regions} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SiteLink({ site }: { site: SiteRow }) {
  return (
    <Link className="link" href={paths.fleet({ site: [site.siteId] })}>
      <bdi>{site.name}</bdi>
    </Link>
  );
}

function LocalTime({ zone, locale }: { zone: string; locale: "en" | "de" }) {
  const text = useClock((nowMs) => {
    const at = wall(nowMs, zone, locale);
    return `${at.day} ${at.minute} ${at.zone}`;
  });
  return (
    <span className="wall" suppressHydrationWarning>
      {text}
    </span>
  );
}

/** What is closed is out of the way until somebody looks for it. */
export function ClosedSites({ sites }: { sites: readonly SiteRow[] }) {
  const { t } = useWords();
  const { may } = useMe();
  return (
    <details className="fold">
      <summary>{t("site.closedCount", { n: sites.length })}</summary>
      <ul className="rows">
        {sites.map((site) => (
          <li key={site.siteId}>
            <span>
              <bdi>{site.name}</bdi>, <bdi className="t2">{site.regionName}</bdi>
            </span>
            <span className="t3">
              {site.closedAtMs !== null && <Time ms={site.closedAtMs} />}{" "}
              {site.retiredScanners > 0 && t("site.retired", { n: site.retiredScanners })}
            </span>
            <span className="end">{may["site.reopen"] && <Reopen site={site} />}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Reopen({ site }: { site: SiteRow }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const { siteId, name } = site;
  const reopen = useMutation(
    trpc.site.reopen.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        return queryClient.invalidateQueries();
      },
    }),
  );
  return (
    <>
      <Button look="small" aria-label={t("site.reopenDo", { name })} onClick={() => setOpen(true)}>
        {t("site.reopen")}
      </Button>
      <ReasonDialog
        open={open}
        onOpenChange={setOpen}
        title={t("site.reopenTitle", { name })}
        body={t("site.reopenBody")}
        act={t("site.reopenDo", { name })}
        problem={reopen.error}
        busy={reopen.isPending}
        onReason={(reason) => reopen.mutate({ siteId, reason })}
      />
    </>
  );
}
