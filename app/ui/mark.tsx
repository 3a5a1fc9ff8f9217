"use client";
import {
  Archive,
  CalendarClock,
  Check,
  CircleQuestionMark,
  GitCompare,
  type LucideIcon,
  OctagonPause,
  OctagonX,
  RefreshCw,
  TriangleAlert,
  Unplug,
} from "lucide-react";
import { useWords } from "#app/viewer.tsx";
import type { Headline } from "#core/headline/axes.ts";
import { ENCODINGS, type Mark, markOf } from "#core/headline/encoding.ts";
import { headlineWord, useSay } from "./say.ts";

type IconName = (typeof ENCODINGS)[Mark]["icon"];

/** The drawings behind the names of the encoding table; a name without a drawing does not compile. */
const ICONS = {
  "octagon-x": OctagonX,
  "octagon-pause": OctagonPause,
  "triangle-alert": TriangleAlert,
  "git-compare": GitCompare,
  "refresh-cw": RefreshCw,
  "calendar-clock": CalendarClock,
  unplug: Unplug,
  "circle-help": CircleQuestionMark,
  check: Check,
  archive: Archive,
} as const satisfies Record<IconName, LucideIcon>;

type Size = "small" | "normal" | "big";
type Props = { status: Mark; step?: string | null; size?: Size };

/** Word + icon + fill, always all three (status.md "Encoding"). `step` follows a short rule: "Degraded | stalled". */
export function StatusMark({ status, step = null, size = "normal" }: Props) {
  const { locale } = useWords();
  const { icon, fill, hue } = ENCODINGS[status];
  const Icon = ICONS[icon];
  const octagon = icon.startsWith("octagon");
  return (
    <span
      className={size === "normal" ? "mark" : `mark ${size}`}
      data-fill={fill}
      data-hue={hue ?? undefined}
      data-status={status}
    >
      <Icon className={octagon ? "oct" : undefined} aria-hidden />
      {headlineWord(status, locale)}
      {step !== null && <span className="step">{step}</span>}
    </span>
  );
}

export function HeadlineMark({ headline, size = "normal" }: { headline: Headline; size?: Size }) {
  const say = useSay();
  const { variant } = headline;
  // Tripped and overdue have a mark of their own; the other variants are said behind the word.
  const step = variant === "stalled" || variant === "last-known" ? say.word("variant", variant) : null;
  return <StatusMark status={markOf(headline)} step={step} size={size} />;
}
