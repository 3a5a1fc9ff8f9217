"use client";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { AxisWord } from "#app/ui/axis-word.tsx";
import { HeadlineMark } from "#app/ui/mark.tsx";
import { TimeText } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { FleetRow } from "#server/scanner/view.ts";
import { FirstFinding, isStale, Never, Running, ScannerLink, SiteAndTime } from "./fleet-cells.tsx";
import type { FleetSnapshot, LiveFleet } from "./live-fleet.ts";
import { useRow } from "./use-live-fleet.ts";

/** Of a card with two lines of finding; every card on the page is measured. */
const CARD_PX = 152;
const SOON_MS = 60;

/** The same rows in the same order on a phone. Times are absolute here: nothing waits behind a hover. */
export function FleetCards({ fleet, snapshot }: { fleet: LiveFleet; snapshot: FleetSnapshot }) {
  const { t } = useWords();
  const list = useRef<HTMLUListElement>(null);
  const [scrollMargin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const measure = () => {
      const top = list.current?.getBoundingClientRect().top;
      if (top !== undefined) setMargin(Math.round(top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    if (list.current?.parentElement) observer.observe(list.current.parentElement);
    return () => observer.disconnect();
  }, []);
  const cards = useWindowVirtualizer({
    count: snapshot.total,
    estimateSize: () => CARD_PX,
    overscan: 4,
    scrollMargin,
    initialRect: { width: 400, height: 800 },
  });
  const [from, to] = [cards.range?.startIndex ?? 0, cards.range?.endIndex ?? 0];
  const known = snapshot.ids.length;
  useEffect(() => {
    fleet.look(from, Math.min(to, known));
    const soon = setTimeout(() => void fleet.pull(), SOON_MS);
    return () => clearTimeout(soon);
  }, [fleet, from, to, known]);
  const items = cards.getVirtualItems();
  const before = (items[0]?.start ?? scrollMargin) - scrollMargin;
  const after = cards.getTotalSize() - ((items.at(-1)?.end ?? scrollMargin) - scrollMargin);
  return (
    <ul
      ref={list}
      className="cards"
      aria-label={t("fleet.caption")}
      style={{ paddingBlock: `${before}px ${Math.max(0, after)}px` }}
    >
      {items.map(({ index }) => (
        <li
          key={snapshot.ids[index] ?? index}
          ref={cards.measureElement}
          data-index={index}
          aria-setsize={snapshot.total}
          aria-posinset={index + 1}
        >
          <Card fleet={fleet} id={snapshot.ids[index]} />
        </li>
      ))}
    </ul>
  );
}

function Card({ fleet, id }: { fleet: LiveFleet; id: string | undefined }) {
  const { t } = useWords();
  const row = useRow(fleet, id);
  if (row === undefined) return <span className="sr">{t("fleet.rowLoading")}</span>;
  return <CardOf row={row} />;
}

function CardOf({ row }: { row: FleetRow }) {
  const stale = isStale(row);
  return (
    <div className={stale ? "card stale" : "card"}>
      <ScannerLink row={row} active />
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
          {row.lastSeenMs === null ? <Never /> : <TimeText ms={row.lastSeenMs} zone={row.timeZone} as="at" />}
        </span>
      </p>
    </div>
  );
}
