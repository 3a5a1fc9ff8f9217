"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { distanceText } from "#app/ui/time/duration.ts";
import { serverNow, useClock, useViewer, useWords } from "#app/viewer.tsx";
import type { ScannerPage, Timeline } from "#server/scanner/view.ts";
import { distance } from "./axis-layout.ts";
import {
  AXIS_RANGE_NAMES,
  AXIS_RANGES,
  type AxisView,
  axisAddress,
  axisViewIn,
  keyed,
  panned,
} from "./axis-range.ts";
import { useIntervalText } from "./interval-text.ts";
import { Panel } from "./panel.tsx";
import { TimeAxis } from "./time-axis.tsx";
import { TimelineTable } from "./timeline-table.tsx";
import { useUrlState } from "./url-state.ts";

/** The axis moves on in steps, so that it is not asked for anew every second. */
const STEP = 30_000;

/** What was true and when, on one axis (EXP-6); how much of it and where it stands is in the page's address. */
export function TimelinePanel({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const { renderedAtMs } = useViewer();
  const url = useUrlState();
  const view = axisViewIn(url.get("range"), url.get("until"));
  const nowMs = useClock((now) => Math.ceil(now / STEP) * STEP);
  const toMs = view.endMs ?? nowMs;
  const input = { scannerId: scanner.scannerId, fromMs: toMs - AXIS_RANGES[view.range], toMs };
  const query = useQuery(trpc.scanner.timeline.queryOptions(input, { placeholderData: keepPreviousData }));
  const show = (next: AxisView) => url.replace(axisAddress(next));
  const onKey = (key: string) => {
    const shown = axisViewIn(url.now("range"), url.now("until"));
    const next = keyed(key, shown, serverNow(renderedAtMs));
    if (next !== null) show(next);
    return next !== null;
  };
  const title =
    query.data === undefined ? (
      t("tab.timeline")
    ) : (
      <Sentence timeline={query.data} range={t(`axis.${view.range}`)} zone={scanner.timeZone} />
    );
  return (
    <Panel id="timeline" title={title} source={<AxisControls view={view} show={show} />}>
      <DataState query={query} what={t("axis.what")} rows={5}>
        {(timeline) => (
          <>
            <TimeAxis timeline={timeline} zone={scanner.timeZone} live={view.endMs === null} onKey={onKey} />
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

function AxisControls({ view, show }: { view: AxisView; show: (view: AxisView) => void }) {
  const { t } = useWords();
  const { renderedAtMs } = useViewer();
  const pan = (direction: -1 | 1) => show(panned(view, direction, serverNow(renderedAtMs)));
  return (
    <span className="axis-controls">
      {view.endMs !== null && (
        <button type="button" className="btn bare small-bare" onClick={() => show({ ...view, endMs: null })}>
          {t("axis.toNow")}
        </button>
      )}
      <button type="button" className="icon-btn" aria-label={t("axis.back")} onClick={() => pan(-1)}>
        <ChevronLeft aria-hidden />
      </button>
      <button
        type="button"
        className="icon-btn"
        aria-label={t("axis.forward")}
        disabled={view.endMs === null}
        onClick={() => pan(1)}
      >
        <ChevronRight aria-hidden />
      </button>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row of buttons in every browser */}
      <span className="seg tight" role="group" aria-label={t("axis.range")}>
        {AXIS_RANGE_NAMES.map((range) => (
          <button
            key={range}
            type="button"
            aria-pressed={range === view.range}
            aria-label={t(`axis.${range}`)}
            onClick={() => show({ ...view, range })}
          >
            {t(`axis.short.${range}`)}
          </button>
        ))}
      </span>
    </span>
  );
}

function Sentence({ timeline, range, zone }: { timeline: Timeline; range: string; zone: string }) {
  const { t, locale } = useWords();
  const textOf = useIntervalText(zone);
  const found = distance(timeline);
  if (found !== null) {
    const far = distanceText(found.effectMs - found.causeMs, locale);
    if (found.lane === "boots") return t("axis.afterBoot", { distance: far });
    return t("axis.activated", { distance: far, what: textOf(found.lane, found.cause).short });
  }
  const n = timeline.lanes.findings.length;
  return n === 0 ? t("axis.quiet", { range }) : t("axis.count", { n, range });
}
