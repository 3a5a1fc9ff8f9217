"use client";
import { useState } from "react";
import { useAbsolute, useClock, useViewer } from "#app/viewer.tsx";
import { durationText, relativeText } from "#core/time/duration.ts";

/** After a day the date says more than the distance. */
const DAY = 24 * 60 * 60_000;
/** Milliseconds of an age are noise: what began within this second began a second ago. */
const SECOND = 1_000;

type Props = {
  ms: number;
  zone?: string | null;
  /** `ago`: "40 s ago"; `since`: "40 s"; `at`: the absolute time. */
  as?: "ago" | "since" | "at";
};

/** Relative in the text, absolute on hover, and on focus or tap for everybody else: a real button (no hover-only information). */
export function Time({ ms, zone = null, as = "ago" }: Props) {
  const [open, setOpen] = useState(false);
  const absolute = useAbsolute(zone)(ms);
  if (as === "at") return <TimeText ms={ms} zone={zone} as="at" />;
  return (
    <button
      type="button"
      className="time"
      title={absolute}
      aria-expanded={open}
      onClick={() => setOpen(!open)}
    >
      <TimeText ms={ms} zone={zone} as={open ? "at" : as} />
    </button>
  );
}

/** The same without a button, for places that show both forms or are inside a link. */
export function TimeText({ ms, zone = null, as = "ago" }: Props) {
  const { locale } = useViewer().preferences;
  const absolute = useAbsolute(zone)(ms);
  const relative = useClock((nowMs) => {
    if (as === "at") return absolute;
    if (as === "ago" && nowMs - ms > DAY) return absolute;
    return as === "ago"
      ? relativeText(locale, { atMs: ms, nowMs })
      : durationText(locale, Math.max(SECOND, nowMs - ms));
  });
  return (
    <time className="time" dateTime={new Date(ms).toISOString()} title={absolute} suppressHydrationWarning>
      {relative}
    </time>
  );
}
