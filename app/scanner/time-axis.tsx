"use client";
import { useEffect, useRef, useState } from "react";
import { useSay } from "#app/ui/say.ts";
import { distanceText } from "#app/ui/time/duration.ts";
import { offsetMs, wall } from "#app/ui/time/zone.ts";
import { useClock, useWords, useZone } from "#app/viewer.tsx";
import type { Timeline } from "#server/scanner/view.ts";
import { findingGroups } from "./axis-groups.ts";
import { BootGaps, DistanceLine, HeadlineStrip, LaneBars, PeopleDots } from "./axis-lanes.tsx";
import {
  type Bar,
  bars,
  distance,
  freeRow,
  inOneRow,
  rowCount,
  type Scale,
  ticks,
  xOf,
} from "./axis-layout.ts";
import { ReleaseBars } from "./axis-releases.tsx";
import { LANES, type Lane as LaneName } from "./interval-text.ts";

const LABELS = 92;
const EDGE = 40;
const TICK_GAP = 84;
const ROW = 24;
const THIN_ROW = 16;
const TOP = 18;
const PAD = 2;
const MOST_ROWS = 4;
const DAY = 86_400_000;

/** Width of the drawing; text keeps its size, so the drawing is laid out for the pixels there are. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(856);
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const observer = new ResizeObserver(
      ([entry]) => entry && setWidth(Math.max(420, Math.round(entry.contentRect.width))),
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  // Where it is wider than the screen it begins at its end: now is what people came for.
  useEffect(() => {
    if (box.current !== null && width > 0) box.current.scrollLeft = box.current.scrollWidth;
  }, [width]);
  return { box, width };
}

/** `live`: it ends now. `onKey`: true when the key was for the axis. */
type Props = { timeline: Timeline; zone: string; live: boolean; onKey: (key: string) => boolean };

/** Lanes on one axis, now as one line through all of them, the distance from cause to effect as a dimension line. */
export function TimeAxis({ timeline, zone, live, onKey }: Props) {
  const { t, locale } = useWords();
  const say = useSay();
  const shownZone = useZone(zone);
  const { box, width } = useWidth();
  const { fromMs, toMs, lanes } = timeline;
  const scale: Scale = { fromMs, toMs, left: LABELS, right: width - EDGE };
  const nowMs = useClock((now) => Math.min(now, toMs));
  const found = distance(timeline);
  const drawn = { ...lanes, findings: findingGroups(lanes.findings) };
  const line = found && { from: xOf(found.causeMs, scale), to: xOf(found.effectMs, scale) };
  let y = TOP;
  const placed = LANES.map((lane) => {
    const thin = lane === "headlines";
    const { bars: laid, hidden } =
      lane === "findings" ? bars(drawn[lane], scale, MOST_ROWS) : inOneRow(drawn[lane], scale);
    const lineRow = lane === "findings" && line !== null ? freeRow(laid, line.from, line.to) : 0;
    const rows = Math.max(rowCount(laid), lineRow + 1);
    const height = (thin ? THIN_ROW : rows * ROW) + 2 * PAD;
    const at = { lane, bars: laid, hidden, y, lineY: y + PAD + lineRow * ROW, height };
    y += at.height;
    return at;
  });
  const peopleY = y;
  const bottom = peopleY + ROW + 2 * PAD;
  const lineY = placed.find(({ lane }) => lane === "findings")?.lineY ?? TOP;
  const from = wall(fromMs, shownZone, locale);
  const to = wall(nowMs, shownZone, locale);
  const label = `${t("tab.timeline")}, ${from.day} ${from.minute} – ${to.day} ${to.minute} ${to.zone}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing that scrolls on a phone is no fieldset
    <div
      ref={box}
      className="axis-box"
      role="group"
      aria-label={`${t("tab.timeline")}. ${t("axis.keys")}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move and zoom it, and on a phone it scrolls (2.1.1)
      tabIndex={0}
      onKeyDown={(event) => {
        if (event.metaKey || event.ctrlKey || event.altKey) return;
        if (onKey(event.key)) event.preventDefault();
      }}
    >
      <svg
        className="axis"
        width={width}
        height={bottom + 4}
        viewBox={`0 0 ${width} ${bottom + 4}`}
        role="img"
        aria-label={label}
      >
        {ticks(scale, TICK_GAP, (ms) => offsetMs(ms, shownZone)).map((ms) => {
          const at = wall(ms, shownZone, locale);
          const x = xOf(ms, scale);
          return (
            <g key={ms}>
              <path className="rule" d={`M${x} ${TOP}V${bottom}`} />
              <text className="axis-tick" x={x} y={11} textAnchor="middle">
                {toMs - fromMs > 2 * DAY ? at.day.replace(/^\S+ /, "") : at.minute}
              </text>
            </g>
          );
        })}
        {placed.map((lane) => (
          <g key={lane.lane}>
            <path className="rule" d={`M0 ${lane.y}H${width}`} />
            <text className="lane" x={0} y={lane.y + PAD + (lane.lane === "headlines" ? 12 : 16)}>
              {say.word("lane", lane.lane)}
              {lane.hidden > 0 && ` +${lane.hidden}`}
            </text>
            <Lane {...lane} changes={lanes.changes} scale={scale} at={{ endX: xOf(nowMs, scale), zone }} />
          </g>
        ))}
        <path className="rule" d={`M0 ${peopleY}H${width}M0 ${bottom}H${width}`} />
        <text className="lane" x={0} y={peopleY + PAD + 16}>
          {say.word("lane", "people")}
        </text>
        <PeopleDots acts={lanes.people} scale={scale} y={peopleY + PAD} />
        {found !== null && line !== null && (
          <DistanceLine {...line} y={lineY} text={distanceText(found.effectMs - found.causeMs, locale)} />
        )}
        {live && (
          <>
            <path className="now" d={`M${xOf(nowMs, scale)} ${TOP}V${bottom}`} />
            <text className="now-text" x={xOf(nowMs, scale) + 4} y={bottom - 8}>
              {t("axis.now")}
            </text>
          </>
        )}
      </svg>
    </div>
  );
}

type LaneProps = {
  lane: LaneName;
  bars: readonly Bar[];
  y: number;
  changes: Timeline["lanes"]["changes"];
  scale: Scale;
  at: { endX: number; zone: string };
};

function Lane({ lane, bars: laid, y, changes, scale, at }: LaneProps) {
  const shared = { bars: laid, y: y + PAD };
  switch (lane) {
    case "releases":
      return <ReleaseBars {...shared} y={y + PAD} changes={changes} scale={scale} {...at} />;
    case "headlines":
      return <HeadlineStrip {...shared} at={at} />;
    case "boots":
      return (
        <>
          <LaneBars lane={lane} {...shared} at={at} />
          <BootGaps {...shared} />
        </>
      );
    case "findings":
      return <LaneBars lane={lane} {...shared} at={at} />;
  }
}
