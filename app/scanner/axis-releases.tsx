"use client";
import { useSay } from "#app/ui/say.ts";
import { distanceText } from "#app/ui/time/duration.ts";
import { useWords } from "#app/viewer.tsx";
import { durationText } from "#core/time/duration.ts";
import type { Timeline } from "#server/scanner/view.ts";
import { type Phase, phasesWithin } from "./axis-groups.ts";
import { type Bar, type Scale, xOf } from "./axis-layout.ts";
import { useIntervalText } from "./interval-text.ts";

const THICK = 18;
const PAD = 3;
const TEXT_PAD = 8;
/** Average width of a character of the two fonts at 11 px. */
const MONO = 6.7;
const SANS = 6;

type Props = {
  bars: readonly Bar[];
  changes: Timeline["lanes"]["changes"];
  scale: Scale;
  y: number;
  zone: string;
  endX: number;
};

/** What ran, with what the scanner told of the change that brought it: probation, then confirmed. Grey while past, tinted while it runs. */
export function ReleaseBars({ bars, ...rest }: Props) {
  return bars.map((bar) => <ReleaseBar key={`${bar.interval.openedMs} ${bar.row}`} bar={bar} {...rest} />);
}

function ReleaseBar({ bar, changes, scale, y, zone, endX }: Omit<Props, "bars"> & { bar: Bar }) {
  const { short, long } = useIntervalText(zone)("releases", bar.interval);
  const { interval, x, row, open } = bar;
  const unseen = interval.tone === "unknown";
  const top = y + row * (THICK + 2 * PAD) + PAD;
  const width = open ? Math.max(3, endX - x) : bar.width;
  const nameEnd = x + short.length * MONO + 2 * TEXT_PAD;
  const phases = unseen ? [] : phasesWithin(interval, changes);
  const ran = useRan(interval);
  const place = { x, end: x + width, top, nameEnd };
  return (
    <g className="bar" data-tone={unseen ? "unknown" : open ? "running" : "past"}>
      <title>{ran === null ? long : `${long}, ${ran}`}</title>
      <rect className="body" x={x} y={top} width={width} height={THICK} />
      {interval.openedMs >= scale.fromMs && <path className="edge" d={`M${x} ${top}v${THICK}`} />}
      {nameEnd <= place.end && (
        <text className="in-bar" x={x + TEXT_PAD} y={top + 13}>
          {short}
        </text>
      )}
      {phases.map((phase) => (
        <PhaseMark key={phase.openedMs} phase={phase} scale={scale} bar={place} />
      ))}
      {phases.length === 0 && ran !== null && <Beside text={ran} bar={place} />}
    </g>
  );
}

/** How long a release ran that runs no more. */
function useRan({ openedMs, closedMs }: Bar["interval"]): string | null {
  const { t, locale } = useWords();
  return closedMs === null ? null : t("axis.ran", { duration: durationText(locale, closedMs - openedMs) });
}

type Place = { x: number; end: number; top: number; nameEnd: number };

function Beside({ text, bar: { nameEnd, end, top } }: { text: string; bar: Place }) {
  if (nameEnd + text.length * SANS + TEXT_PAD > end) return null;
  return (
    <text className="phase" x={nameEnd} y={top + 13}>
      {text}
    </text>
  );
}

type PhaseProps = { phase: Phase; scale: Scale; bar: Place };

function PhaseMark({ phase, scale, bar }: PhaseProps) {
  const { locale } = useWords();
  const word = useSay().word("change", phase.state);
  const from = Math.max(bar.x, xOf(phase.openedMs, scale));
  const to = phase.closedMs === null ? bar.end : Math.min(bar.end, xOf(phase.closedMs, scale));
  const text =
    phase.closedMs === null || phase.state === "confirmed"
      ? word
      : `${word} ${distanceText(phase.closedMs - phase.openedMs, locale)}`;
  const starts = Math.max(from + TEXT_PAD, bar.nameEnd);
  const fits = starts + text.length * SANS + 4 <= to;
  return (
    <g className="phase-mark">
      <title>{text}</title>
      {from > bar.nameEnd && <path className="cut" d={`M${from} ${bar.top}v${THICK}`} />}
      {fits && (
        <text className="phase" x={starts} y={bar.top + 13}>
          {text}
        </text>
      )}
    </g>
  );
}
