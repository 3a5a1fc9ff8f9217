"use client";
import { StatusMark } from "#app/ui/mark.tsx";
import { groupDigits } from "#app/ui/words.ts";
import { useWords } from "#app/viewer.tsx";
import { HEADLINES, type HeadlineWord } from "#core/headline/axes.ts";
import type { FleetThen } from "#server/past/view.ts";

type Props = { then: FleetThen; chosen: readonly HeadlineWord[]; onToggle: (word: HeadlineWord) => void };

/** Legend, counts and filter in one, as on the fleet page, of the moment that is shown. */
export function ThenLegend({ then, chosen, onToggle }: Props) {
  const { t, locale } = useWords();
  const shown = HEADLINES.filter((word) => word !== "retired" || (then.counts.retired ?? 0) > 0);
  return (
    <ul className="legend" aria-label={t("fleet.legend")}>
      {shown.map((word) => (
        <li key={word}>
          <button
            type="button"
            aria-pressed={chosen.includes(word)}
            data-none={(then.counts[word] ?? 0) === 0 || undefined}
            onClick={() => onToggle(word)}
          >
            <StatusMark status={word} />
            <span className="n">{groupDigits(then.counts[word] ?? 0, locale)}</span>
          </button>
          {word === "unsafe" && (then.counts.tripped ?? 0) > 0 && (
            <span className="of">
              <span className="t3">{t("fleet.ofThese")}</span>
              <StatusMark status="tripped" />
              <span className="n">{groupDigits(then.counts.tripped ?? 0, locale)}</span>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
