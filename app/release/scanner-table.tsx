"use client";
import { Check, Minus } from "lucide-react";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { HeadlineMark } from "#app/ui/mark.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { ReleaseScannerRow } from "#server/release/view.ts";

type Props = {
  rows: readonly ReleaseScannerRow[];
  chosen: ReadonlyMap<string, string>;
  /** Null: the reader may do nothing with them. */
  tick: ((row: ReleaseScannerRow, on: boolean) => void) | null;
};

export function ScannerTable({ rows, chosen, tick }: Props) {
  const { t } = useWords();
  return (
    <table className="tbl flush stack">
      <caption className="sr">{t("release.scanners")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("release.row.scanner")}</th>
          <th scope="col">{t("release.row.take")}</th>
          <th scope="col">{t("release.row.state")}</th>
          <th scope="col">{t("release.row.runs")}</th>
          <th scope="col">{t("release.row.site")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.scannerId} row={row} checked={chosen.has(row.scannerId)} tick={tick} />
        ))}
      </tbody>
    </table>
  );
}

type RowProps = { row: ReleaseScannerRow; checked: boolean; tick: Props["tick"] };

function Row({ row, checked, tick }: RowProps) {
  const { t } = useWords();
  const { scannerId, serial, alias, headline, siteName, runningRelease } = row;
  return (
    <tr>
      <th scope="row">
        <span className="choose">
          {tick !== null && (
            <input
              type="checkbox"
              aria-label={t("release.row.tick", { serial })}
              checked={checked}
              onChange={(event) => tick(row, event.target.checked)}
            />
          )}
          <Link href={paths.scanner(scannerId)}>
            <bdi className="strong">{serial}</bdi> {alias !== null && <bdi className="t2">{alias}</bdi>}
          </Link>
        </span>
      </th>
      <td data-label={t("release.row.take")}>
        <Take row={row} />
      </td>
      <td>
        <HeadlineMark headline={headline} size="small" />
      </td>
      <td data-label={t("release.row.runs")}>
        {runningRelease === null ? (
          <span className="cannot">{t("release.runsNothing")}</span>
        ) : (
          <bdi className="mono">{runningRelease}</bdi>
        )}
      </td>
      <td data-label={t("release.row.site")} className="t2">
        <bdi>{siteName}</bdi>
      </td>
    </tr>
  );
}

/** Runs it, can take it, or why not; pinned and confirmed stand beside it. */
function Take({ row }: { row: ReleaseScannerRow }) {
  const { t } = useWords();
  const say = useSay();
  const { running, pinned, confirmed, against } = row;
  const [why] = against;
  const also = [pinned ? t("take.pinned") : null, confirmed ? t("take.confirmed") : null].filter(
    (one) => one !== null,
  );
  return (
    <>
      <span className="word" data-weight={running ? "strong" : why === undefined ? undefined : "quiet"}>
        {why === undefined || running ? <Check aria-hidden /> : <Minus aria-hidden />}
        {running ? t("take.runs") : why === undefined ? t("take.can") : say.blocked(why)}
      </span>
      {also.length > 0 && <span className="t3"> {also.join(", ")}</span>}
    </>
  );
}
