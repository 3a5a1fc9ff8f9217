"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { distanceText } from "#app/ui/time/duration.ts";
import { useClock, useWords } from "#app/viewer.tsx";
import type { ScannerPage, Timeline } from "#server/scanner/view.ts";
import { distance } from "./axis-layout.ts";
import { useIntervalText } from "./interval-text.ts";
import { Panel } from "./panel.tsx";
import { TimeAxis } from "./time-axis.tsx";
import { TimelineTable } from "./timeline-table.tsx";

const HOUR = 3_600_000;
const RANGES = { h1: HOUR, h24: 24 * HOUR, d7: 7 * 24 * HOUR, d30: 30 * 24 * HOUR } as const;
type Range = keyof typeof RANGES;
const RANGE_NAMES = Object.keys(RANGES) as Range[];
/** The axis moves on in steps, so that it is not asked for anew every second. */
const STEP = 30_000;

export function TimelinePanel({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const [range, setRange] = useState<Range>("h1");
  const toMs = useClock((nowMs) => Math.ceil(nowMs / STEP) * STEP);
  const input = { scannerId: scanner.scannerId, fromMs: toMs - RANGES[range], toMs };
  const query = useQuery(trpc.scanner.timeline.queryOptions(input, { placeholderData: keepPreviousData }));
  const choice = (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row of buttons in every browser
    <span className="seg" role="group" aria-label={t("axis.range")}>
      {RANGE_NAMES.map((one) => (
        <button key={one} type="button" aria-pressed={one === range} onClick={() => setRange(one)}>
          {t(`axis.${one}`)}
        </button>
      ))}
    </span>
  );
  const title =
    query.data === undefined ? (
      t("tab.timeline")
    ) : (
      <Sentence timeline={query.data} range={t(`axis.${range}`)} zone={scanner.timeZone} />
    );
  return (
    <Panel id="timeline" title={title} source={choice}>
      <DataState query={query} what={t("axis.what")} rows={5}>
        {(timeline) => (
          <>
            <TimeAxis timeline={timeline} zone={scanner.timeZone} />
            <details className="fold as-table">
              <summary>{t("axis.asTable")}</summary>
              <TimelineTable timeline={timeline} zone={scanner.timeZone} />
            </details>
          </>
        )}
      </DataState>
    </Panel>
  );
}

function Sentence({ timeline, range, zone }: { timeline: Timeline; range: string; zone: string }) {
  const { t, locale } = useWords();
  const textOf = useIntervalText(zone);
  const found = distance(timeline);
  if (found !== null) {
    const far = distanceText(found.effectMs - found.causeMs, locale);
    if (found.lane === "boots") return t("axis.afterBoot", { distance: far });
    return t("axis.after", { distance: far, what: textOf(found.lane, found.cause).short });
  }
  const n = timeline.lanes.findings.length;
  return n === 0 ? t("axis.quiet", { range }) : t("axis.count", { n, range });
}
