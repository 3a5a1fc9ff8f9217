"use client";
import { ArrowRight } from "lucide-react";
import Link from "next/link";
import type { ComponentType } from "react";
import { paths } from "#app/paths.ts";
import { AxisWord } from "#app/ui/axis-word.tsx";
import { Flash } from "#app/ui/flash.tsx";
import { HeadlineMark } from "#app/ui/mark.tsx";
import { useSay } from "#app/ui/say.ts";
import { TimeText } from "#app/ui/time/time.tsx";
import { wall } from "#app/ui/time/zone.ts";
import { useClock, useViewer, useWords } from "#app/viewer.tsx";
import { storePathParts } from "#core/closure/store-path.ts";
import type { FleetColumn } from "#core/fleet/columns.ts";
import type { FleetRow } from "#server/scanner/view.ts";

/** What stands in a cell. `active`: the row's link is the one the keyboard is at. */
export type CellProps = { row: FleetRow; active: boolean };

export function isStale({ axes }: FleetRow): boolean {
  return axes.link === "offline" || axes.link === "never";
}

const CELLS = {
  headline: ({ row }) => (
    <Flash of={`${row.headline.word} ${row.headline.variant}`}>
      <HeadlineMark headline={row.headline} />
    </Flash>
  ),
  scanner: ({ row, active }) => <ScannerLink row={row} active={active} />,
  site: ({ row }) => <SiteAndTime row={row} />,
  model: ({ row }) => <Plain text={row.model} />,
  running: ({ row }) => (
    <Flash of={row.running.toplevel}>
      <Running row={row} />
    </Flash>
  ),
  finding: ({ row }) => (
    <Flash of={`${row.headline.reason.code} ${row.firstFinding?.itemId} ${row.firstFinding?.actual}`}>
      <FirstFinding row={row} />
    </Flash>
  ),
  since: ({ row }) => <BothTimes ms={row.headlineSinceMs} zone={row.timeZone} />,
  safety: ({ row }) => (
    <Flash of={row.axes.safety}>
      <AxisWord axis="safety" value={row.axes.safety} lastKnown={isStale(row)} />
    </Flash>
  ),
  report: ({ row }) =>
    row.lastSeenMs === null ? <Never /> : <BothTimes ms={row.lastSeenMs} zone={row.timeZone} />,
  region: ({ row }) => <Plain text={row.regionName} />,
  room: ({ row }) => <Plain text={row.room} />,
  tags: ({ row }) => <Plain text={row.tags.join(", ")} />,
  items: ({ row }) => <OpenItems row={row} />,
  link: ({ row }) => <AxisWord axis="link" value={row.axes.link} />,
  function: ({ row }) => <AxisWord axis="function" value={row.axes.function} lastKnown={isStale(row)} />,
  software: ({ row }) => <AxisWord axis="software" value={row.axes.software} lastKnown={isStale(row)} />,
  currency: ({ row }) => <AxisWord axis="currency" value={row.axes.currency} lastKnown={isStale(row)} />,
  change: ({ row }) => <ChangeWord row={row} />,
  service: ({ row }) => <AxisWord axis="service" value={row.service} />,
  hardware: ({ row }) => <Plain text={row.hardwareRevision} />,
  origin: ({ row }) => <Plain text={row.origin} />,
} as const satisfies Record<FleetColumn, ComponentType<CellProps>>;

export const cellOf = (column: FleetColumn): ComponentType<CellProps> => CELLS[column];

export function ScannerLink({ row, active }: CellProps) {
  return (
    <Link
      className="row-link"
      href={paths.scanner(row.scannerId)}
      tabIndex={active ? 0 : -1}
      prefetch={false}
    >
      <bdi className="strong">{row.serial}</bdi>
      {row.alias !== null && <bdi className="alias">{row.alias}</bdi>}
    </Link>
  );
}

function Plain({ text }: { text: string | null }) {
  return (
    <bdi className="t2" title={text ?? undefined}>
      {text ?? ""}
    </bdi>
  );
}

function ChangeWord({ row }: { row: FleetRow }) {
  const say = useSay();
  return (
    <span className={row.axes.change === "none" ? "t3" : undefined}>
      {say.word("change", row.axes.change)}
    </span>
  );
}

function OpenItems({ row }: { row: FleetRow }) {
  const { t } = useWords();
  const more = row.moreFindings + 1 - row.openItems.length;
  return (
    <span className="mono" title={row.openItems.join(", ")}>
      <bdi>{row.openItems.join(", ")}</bdi>
      {row.openItems.length > 0 && more > 0 && (
        <span className="plus">{t("fleet.moreFindings", { n: more })}</span>
      )}
    </span>
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
