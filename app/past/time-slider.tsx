"use client";
import { ChevronLeft, ChevronRight, ChevronsLeft, ChevronsRight } from "lucide-react";
import { useId } from "react";
import { useAbsolute, useWords, useZone } from "#app/viewer.tsx";
import type { PastRange } from "#server/past/view.ts";
import { fieldMoment, fieldText } from "./moment.ts";

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** One press of an arrow key goes this far at most, and a short record in this many steps. */
const LONGEST_STEP = 15 * 60_000;
const STEPS = 200;

/** A range field takes only whole steps from its start, so the end must be one of them. */
function stepOf({ fromMs, toMs }: { fromMs: number; toMs: number }): number {
  const span = Math.max(1, toMs - fromMs);
  return span / Math.max(STEPS, Math.ceil(span / LONGEST_STEP));
}

type Props = {
  range: NonNullable<PastRange>;
  atMs: number;
  /** The zone of the site; null: the reader's own. */
  siteZone: string | null;
  onChange: (atMs: number) => void;
};

/** A moment inside the recorded time: dragged, stepped, typed, or moved with the arrow keys. The zone is always named. */
export function TimeSlider({ range, atMs, siteZone, onChange }: Props) {
  const { t } = useWords();
  const zone = useZone(siteZone);
  const time = useAbsolute(siteZone);
  const id = useId();
  const set = (ms: number) => onChange(Math.min(Math.max(ms, range.fromMs), range.toMs));
  const steps = [
    { word: "past.backDay", text: "past.day", by: -DAY, Icon: ChevronsLeft },
    { word: "past.backHour", text: "past.hour", by: -HOUR, Icon: ChevronLeft },
    { word: "past.onHour", text: "past.hour", by: HOUR, Icon: ChevronRight },
    { word: "past.onDay", text: "past.day", by: DAY, Icon: ChevronsRight },
  ] as const;
  return (
    <div className="slider">
      <input
        type="range"
        aria-label={t("past.slider")}
        aria-valuetext={time(atMs)}
        min={range.fromMs}
        max={range.toMs}
        step={stepOf(range)}
        value={atMs}
        onChange={(event) => set(Math.round(event.target.valueAsNumber))}
      />
      <div className="slider-ends t3">
        <span>{time(range.fromMs)}</span>
        <span>{time(range.toMs)}</span>
      </div>
      <div className="row-wrap slider-acts">
        {steps.map(({ word, text, by, Icon }) => (
          <button
            key={word}
            type="button"
            className="btn small"
            aria-label={t(word)}
            onClick={() => set(atMs + by)}
          >
            {by < 0 && <Icon aria-hidden />}
            {t(text)}
            {by > 0 && <Icon aria-hidden />}
          </button>
        ))}
        <button type="button" className="btn small" onClick={() => set(range.toMs)}>
          {t("past.toNow")}
        </button>
        <label htmlFor={id} className="t2">
          {t("past.date", { zone })}
        </label>
        <input
          id={id}
          className="input compact"
          type="datetime-local"
          key={Math.floor(atMs / 60_000)}
          defaultValue={fieldText(atMs, zone)}
          min={fieldText(range.fromMs, zone)}
          max={fieldText(range.toMs, zone)}
          onChange={(event) => {
            const ms = fieldMoment(event.target.value, zone);
            if (ms !== null && ms >= range.fromMs && ms <= range.toMs) set(ms);
          }}
        />
      </div>
    </div>
  );
}
