"use client";
import type { Problem } from "#app/refusal.ts";
import { useAbsolute, useViewer } from "#app/viewer.tsx";
import type { Headline } from "#core/headline/axes.ts";
import { ENCODINGS, type Mark } from "#core/headline/encoding.ts";
import type { Expectation, Scalar } from "#core/manifest/item.ts";
import type { Key, Namespace } from "#core/message/catalogue.ts";
import { type Rendering, render, text } from "#core/message/render.ts";
import type { Reason } from "#core/report/fact.ts";
import { durationText, numberText } from "#core/time/duration.ts";
import { type Locale, word } from "./words.ts";

/** The word of a mark, without a moment in it. */
export function headlineWord(mark: Mark, locale: Locale): string {
  return text({ locale, time: String }, ENCODINGS[mark].word as Key);
}

/** What was seen. A number keeps its unit; nothing seen is said, not left blank. */
function scalarText(value: Scalar | null, unit: string | null, locale: Locale): string {
  if (value === null) return word(locale, "value.notReported");
  if (typeof value === "boolean") return word(locale, value ? "value.true" : "value.false");
  const shown = typeof value === "number" ? numberText(locale, value, 3) : value;
  return unit === null ? shown : `${shown} ${unit}`;
}

/** What must hold, short enough for a cell. */
function expectationText(expect: Expectation, unit: string | null, locale: Locale): string {
  switch (expect.op) {
    case "eq":
      return scalarText(expect.want, unit, locale);
    case "oneOf":
      return word(locale, "expect.oneOf", {
        list: expect.want.map((one) => scalarText(one, unit, locale)).join(", "),
      });
    case "range": {
      const { min, max } = expect.want;
      const low = min === null ? null : `≥ ${scalarText(min, unit, locale)}`;
      const high = max === null ? null : `≤ ${scalarText(max, unit, locale)}`;
      return [low, high].filter((one) => one !== null).join(", ") || word(locale, "expect.any");
    }
    case "maxAge":
      return word(locale, "expect.maxAge", { duration: durationText(locale, expect.want) });
    case "present":
      return word(locale, expect.want ? "expect.present" : "expect.absent");
  }
}

/** Makes sentences from codes in the reader's language and zone; `siteZone` for what happened at a site. */
export function useSay(siteZone: string | null = null) {
  const { locale } = useViewer().preferences;
  const time = useAbsolute(siteZone);
  const rendering: Rendering = { locale, time };
  const from = (space: Namespace) => (reason: Reason) => render(rendering, space, reason);
  return {
    headline: (headline: Headline) => render(rendering, "reason", headline.reason),
    reason: from("reason"),
    chip: from("chip"),
    act: from("act"),
    unknown: from("unknown"),
    conflict: from("conflict"),
    note: from("note"),
    sheet: from("sheet"),
    piece: from("piece"),
    /** Why a change may not be, waits or was refused, as a clause. */
    blocked: from("blocked"),
    effect: from("effect"),
    timeline: (reason: Reason) => render(rendering, "timeline", reason),
    /** A value of a closed list: `word("safety", "lost")`. */
    word: (space: Namespace, code: string) => render(rendering, space, { code }),
    actual: (value: Scalar | null, unit: string | null = null) => scalarText(value, unit, locale),
    expected: (expect: Expectation, unit: string | null) => expectationText(expect, unit, locale),
    problem: (problem: Problem) => {
      if (problem.kind === "failed") return problem.message;
      if (problem.kind === "unreachable") return word(locale, "problem.unreachable");
      return render(rendering, "refusal", { code: problem.code, params: { ...problem.params } });
    },
  };
}
