"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { Empty } from "#app/ui/banner.tsx";
import { useSay } from "#app/ui/say.ts";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import { storePathParts } from "#core/closure/store-path.ts";
import type { FleetThenRow } from "#server/past/view.ts";
import { HeadlineThenMark } from "./headline-then.tsx";

/** The scanners as they stood; each leads to the same moment on its own page. */
export function ThenTable({ rows, atMs }: { rows: readonly FleetThenRow[]; atMs: number }) {
  const { t } = useWords();
  if (rows.length === 0) return <Empty title={t("past.filterNone")} />;
  return (
    <table className="tbl bleed then stack">
      <caption className="sr">{t("past.rows")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("col.headline")}</th>
          <th scope="col">{t("col.scanner")}</th>
          <th scope="col">{t("past.site")}</th>
          <th scope="col">{t("past.ranHead")}</th>
          <th scope="col">{t("past.since")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <ThenRow key={row.scannerId} row={row} atMs={atMs} />
        ))}
      </tbody>
    </table>
  );
}

function ThenRow({ row, atMs }: { row: FleetThenRow; atMs: number }) {
  const { t } = useWords();
  const say = useSay(row.timeZone);
  const time = useAbsolute(row.timeZone);
  const { headline } = row;
  const ran = row.releaseName ?? (row.toplevel === null ? null : storePathParts(row.toplevel).name);
  return (
    <tr>
      <td>
        <HeadlineThenMark headline={headline} size="small" />
      </td>
      <th scope="row">
        <Link href={paths.scannerAt(row.scannerId, atMs)}>
          <b>
            <bdi>{row.serial}</bdi>
          </b>{" "}
          {row.alias !== null && <bdi className="t2">{row.alias}</bdi>}
        </Link>
        {headline !== null && (
          <span className="why-then t2">
            <bdi>{say.reason(headline.reason)}</bdi>
          </span>
        )}
      </th>
      <td>
        <bdi>{row.siteName}</bdi>
      </td>
      <td>
        {ran === null ? (
          <span className="cannot">{t("past.shareUnknown")}</span>
        ) : (
          <bdi className="mono">{ran}</bdi>
        )}
      </td>
      <td className="num t3">{headline === null ? "" : time(headline.sinceMs)}</td>
    </tr>
  );
}
