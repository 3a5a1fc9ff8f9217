"use client";
import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { AxisWord } from "#app/ui/axis-word.tsx";
import { Flash } from "#app/ui/flash.tsx";
import { HeadlineMark } from "#app/ui/mark.tsx";
import { useSay } from "#app/ui/say.ts";
import { TimeText } from "#app/ui/time/time.tsx";
import { wall } from "#app/ui/time/zone.ts";
import { useClock, useViewer, useWords } from "#app/viewer.tsx";
import { storePathParts } from "#core/closure/store-path.ts";
import type { FleetRow } from "#server/scanner/view.ts";

type Props = { row: FleetRow; index: number; last: boolean };

export function FleetTableRow({ row, index, last }: Props) {
  const stale = row.axes.link === "offline" || row.axes.link === "never";
  const { headline } = row;
  return (
    <tr
      aria-rowindex={index}
      className={[stale && "stale", last && "last"].filter(Boolean).join(" ") || undefined}
    >
      <td className="st">
        <Flash of={`${headline.word} ${headline.variant}`}>
          <HeadlineMark headline={headline} />
        </Flash>
      </td>
      <td className="who">
        <Link className="row-link" href={paths.scanner(row.scannerId)}>
          <bdi className="strong">{row.serial}</bdi>
          {row.alias !== null && <bdi className="alias">{row.alias}</bdi>}
        </Link>
      </td>
      <td className="site">
        <SiteAndTime row={row} />
      </td>
      <td className="model t2">
        <bdi>{row.model ?? ""}</bdi>
      </td>
      <td className="rel">
        <Running row={row} />
      </td>
      <td className="find">
        <Flash of={`${headline.reason.code} ${row.firstFinding?.itemId} ${row.firstFinding?.actual}`}>
          <FirstFinding row={row} />
        </Flash>
      </td>
      <td className="since num">
        <BothTimes ms={row.headlineSinceMs} zone={row.timeZone} />
      </td>
      <td className="saf">
        <Flash of={row.axes.safety}>
          <AxisWord axis="safety" value={row.axes.safety} lastKnown={stale} />
        </Flash>
      </td>
      <td className="rep num t3">
        {row.lastSeenMs === null ? <Never /> : <BothTimes ms={row.lastSeenMs} zone={row.timeZone} />}
      </td>
    </tr>
  );
}

export function Never() {
  const { t } = useWords();
  return t("time.never");
}

/** Relative at rest; the row under the pointer or the focus shows the wall clock instead. */
function BothTimes({ ms, zone }: { ms: number; zone: string }) {
  return (
    <>
      <span className="rest">
        <TimeText ms={ms} zone={zone} as="since" />
      </span>
      <span className="closer">
        <TimeText ms={ms} zone={zone} as="at" />
      </span>
    </>
  );
}

export function SiteAndTime({ row }: { row: FleetRow }) {
  const { preferences } = useViewer();
  const local = useClock((nowMs) => {
    const there = wall(nowMs, row.timeZone, preferences.locale);
    const here = wall(nowMs, preferences.timeZone, preferences.locale);
    return there.date === here.date ? there.minute : `${there.day.split(" ")[0]} ${there.minute}`;
  });
  return (
    <span className="w">
      <bdi className="nm" title={row.siteName}>
        {row.siteName}
      </bdi>
      <span className="tm" title={row.timeZone} suppressHydrationWarning>
        {local}
      </span>
    </span>
  );
}

/** What runs; where it differs, what should. */
export function Running({ row }: { row: FleetRow }) {
  const { t } = useWords();
  const { running, pinned } = row;
  const untracked =
    running.toplevel === null ? t("fleet.runningUnknown") : storePathParts(running.toplevel).name;
  const same = pinned === null || pinned.releaseName === running.releaseName;
  return (
    <span className={running.releaseName === null ? "run t3" : "run"}>
      <bdi
        className={running.releaseName === null && running.toplevel === null ? undefined : "mono"}
        title={running.toplevel ?? undefined}
      >
        {running.releaseName ?? untracked}
      </bdi>
      {!same && (
        <>
          <ArrowRight className="arr" aria-label={t("fleet.pinnedTo")} />
          <bdi className="mono pin">{pinned.releaseName}</bdi>
        </>
      )}
    </span>
  );
}

/** The most severe open finding with what was seen and what should be; without one, the headline's own reason. */
export function FirstFinding({ row }: { row: FleetRow }) {
  const { t } = useWords();
  const say = useSay();
  const { firstFinding, moreFindings, headline } = row;
  if (firstFinding === null) {
    return <span className={headline.word === "nominal" ? "t3" : undefined}>{say.headline(headline)}</span>;
  }
  return (
    <span className="ff">
      <bdi className="mono">{firstFinding.itemId}</bdi> <bdi>{say.actual(firstFinding.actual)}</bdi>
      <span className="t3">, {t("fleet.expected", { what: say.expected(firstFinding.expected, null) })}</span>
      {moreFindings > 0 && (
        <span className="plus">
          <span aria-hidden>{t("fleet.moreFindings", { n: moreFindings })}</span>
          <span className="sr">{t("fleet.moreFindingsLong", { n: moreFindings })}</span>
        </span>
      )}
    </span>
  );
}
