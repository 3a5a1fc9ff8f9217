"use client";
import { distanceText } from "#app/ui/time/duration.ts";
import { useWords } from "#app/viewer.tsx";
import type { Timeline } from "#server/scanner/view.ts";
import { type Bar, type Scale, xOf } from "./axis-layout.ts";
import { isTrip, type Lane, useActText, useIntervalText } from "./interval-text.ts";

const ROW = 24;
const THICK = 18;
/** Average width of a character at 11 px; a label that would not fit is left to the table below. */
const CHARACTER = 6.2;
const TEXT_PAD = 8;

/** Hue stands for status only: headlines and findings carry it, when it booted is neutral. */
function toneOf(lane: Lane, bar: Bar): string {
  const { tone, label } = bar.interval;
  if (lane === "boots") return "boot";
  return lane === "headlines" && isTrip(label) ? "tripped" : (tone ?? "past");
}

type LaneProps = { lane: Lane; bars: readonly Bar[]; y: number; at: { endX: number; zone: string } };

export function LaneBars({ lane, bars, y, at }: LaneProps) {
  const textOf = useIntervalText(at.zone);
  return bars.map((bar) => {
    const top = y + bar.row * ROW + (ROW - THICK) / 2;
    const width = bar.open ? Math.max(3, at.endX - bar.x) : bar.width;
    const { short: text, long } = textOf(lane, bar.interval);
    const fits = Math.floor((width - 2 * TEXT_PAD) / CHARACTER);
    const shown = text.length <= fits ? text : fits >= 8 ? `${text.slice(0, fits - 1).trimEnd()}…` : "";
    return (
      <g key={`${bar.interval.openedMs} ${bar.row} ${text}`} className="bar" data-tone={toneOf(lane, bar)}>
        <title>{long}</title>
        {lane === "boots" ? (
          <path
            className="span"
            d={`M${bar.x} ${top + THICK / 2}h${width}M${bar.x} ${top + 4}v${THICK - 8}${bar.open ? "" : `M${bar.x + width} ${top + 4}v${THICK - 8}`}`}
          />
        ) : (
          <rect className="body" x={bar.x} y={top} width={width} height={THICK} />
        )}
        {shown !== "" && (
          <text className="in-bar" x={bar.x + TEXT_PAD} y={top + 13}>
            {shown}
          </text>
        )}
      </g>
    );
  });
}

/** Between two boots nobody heard it: a gap with its length, never joined. */
export function BootGaps({ bars, y }: { bars: readonly Bar[]; y: number }) {
  const { t, locale } = useWords();
  return bars.slice(1).map((bar, place) => {
    const before = bars[place];
    if (before === undefined || before.interval.closedMs === null) return null;
    const from = before.x + before.width;
    const away = distanceText(bar.interval.openedMs - before.interval.closedMs, locale);
    const fits = away.length * CHARACTER + 8 <= bar.x - from;
    return (
      <text
        key={bar.interval.openedMs}
        className="gap"
        x={(from + bar.x) / 2}
        y={y + ROW / 2 + 4}
        textAnchor="middle"
      >
        <title>{t("axis.away", { duration: away })}</title>
        {fits ? away : ""}
      </text>
    );
  });
}

/** The headline as a thin strip: its colour and border say the word, the table below says it in letters. */
export function HeadlineStrip({ bars, y, at }: { bars: readonly Bar[]; y: number; at: LaneProps["at"] }) {
  const textOf = useIntervalText(at.zone);
  return bars.map((bar) => (
    <g key={bar.interval.openedMs} className="bar" data-tone={toneOf("headlines", bar)}>
      <title>{textOf("headlines", bar.interval).long}</title>
      <rect
        className="body"
        x={bar.x}
        y={y + 4}
        width={bar.open ? Math.max(3, at.endX - bar.x) : bar.width}
        height={8}
      />
    </g>
  ));
}

export function PeopleDots({
  acts,
  scale,
  y,
}: {
  acts: Timeline["lanes"]["people"];
  scale: Scale;
  y: number;
}) {
  const textOf = useActText();
  let free = Number.NEGATIVE_INFINITY;
  return [...acts]
    .sort((a, b) => a.atMs - b.atMs)
    .map((act) => {
      const { atMs } = act;
      const x = xOf(atMs, scale);
      const said = textOf(act);
      const long = said.length * CHARACTER;
      // Beside its dot where there is room: to the right, else to the left, else only in the title and the table.
      const right = x + 8 > free && x + 8 + long < scale.right;
      const left = !right && x - 8 - long > free && x - 8 - long > scale.left;
      const room = right || left;
      free = right ? x + 20 + long : x + 8;
      return (
        <g key={`${atMs} ${said}`}>
          <title>{said}</title>
          <circle className="act-dot" cx={x} cy={y + ROW / 2} r={3} />
          {room && (
            <text
              className="clear"
              x={right ? x + 8 : x - 8}
              y={y + ROW / 2 + 4}
              textAnchor={right ? "start" : "end"}
            >
              {said}
            </text>
          )}
        </g>
      );
    });
}

const LEAST = 64;

/** Drawn like a dimension on a plan: from the cause to the effect, with its length. Too short to write on, it is left to the heading. */
export function DistanceLine({ from, to, y, text }: { from: number; to: number; y: number; text: string }) {
  const middle = (from + to) / 2;
  const line = y + ROW / 2;
  if (to - from < LEAST) return null;
  const half = (text.length * CHARACTER + 12) / 2;
  return (
    <g className="distance">
      <path
        d={`M${from} ${line - 6}v12M${to} ${line - 6}v12M${from} ${line}H${middle - half}M${middle + half} ${line}H${to}`}
      />
      <path d={`m${from + 6} ${line - 3}-6 3 6 3M${to - 6} ${line - 3}l6 3-6 3`} />
      <text x={middle} y={line + 4} textAnchor="middle">
        {text}
      </text>
    </g>
  );
}
