"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { AxisWord } from "#app/ui/axis-word.tsx";
import { HeadlineMark } from "#app/ui/mark.tsx";
import { TimeText } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { FleetRow } from "#server/scanner/view.ts";
import { FirstFinding, Never, Running, SiteAndTime } from "./fleet-row.tsx";

/** The same rows in the same order on a phone. Times are absolute here: nothing waits behind a hover. */
export function FleetCards({ rows }: { rows: readonly FleetRow[] }) {
  const { t } = useWords();
  return (
    <ul className="cards" aria-label={t("fleet.caption")}>
      {rows.map((row) => {
        const stale = row.axes.link === "offline" || row.axes.link === "never";
        return (
          <li key={row.scannerId} className={stale ? "stale" : undefined}>
            <Link className="row-link" href={paths.scanner(row.scannerId)}>
              <bdi className="strong">{row.serial}</bdi>
              {row.alias !== null && <bdi className="alias">{row.alias}</bdi>}
            </Link>
            <span className="at-mark">
              <HeadlineMark headline={row.headline} />
            </span>
            <p className="finding">
              <FirstFinding row={row} />
            </p>
            <p className="t2">
              <SiteAndTime row={row} />
            </p>
            <p className="t2">
              <Running row={row} />
            </p>
            <p className="foot">
              <AxisWord axis="safety" value={row.axes.safety} lastKnown={stale} />
              <span className="t3">
                {row.lastSeenMs === null ? (
                  <Never />
                ) : (
                  <TimeText ms={row.lastSeenMs} zone={row.timeZone} as="at" />
                )}
              </span>
            </p>
          </li>
        );
      })}
    </ul>
  );
}
