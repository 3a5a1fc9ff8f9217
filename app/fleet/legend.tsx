"use client";
import { paths } from "#app/paths.ts";
import { StatusMark } from "#app/ui/mark.tsx";
import { headlineWord } from "#app/ui/say.ts";
import { groupDigits } from "#app/ui/words.ts";
import { useWords } from "#app/viewer.tsx";
import { type FleetFilter, toggled } from "#core/fleet/filter.ts";
import { HEADLINES, type HeadlineWord } from "#core/headline/axes.ts";
import { percentText } from "#core/time/duration.ts";
import type { FleetCounts } from "#server/scanner/view.ts";
import { FilterLink } from "./filter-link.tsx";

const SHOWN = HEADLINES.filter((word): word is Exclude<HeadlineWord, "retired"> => word !== "retired");

/** The sentence the page exists for: what is wrong, then how much is right. */
export function FleetLead({ counts }: { counts: FleetCounts }) {
  const { t } = useWords();
  const total = SHOWN.reduce((sum, word) => sum + counts.counts[word], 0);
  if (total === 0) return <h1 className="sr">{t("fleet.title")}</h1>;
  return (
    <div className="lead">
      <h1 aria-live="polite">
        <Sentence counts={counts.counts} total={total} />
      </h1>
      <PinShare counts={counts} />
    </div>
  );
}

function Sentence({ counts, total }: { counts: FleetCounts["counts"]; total: number }) {
  const { t, locale } = useWords();
  const wrong = SHOWN.filter((word) => word !== "nominal" && counts[word] > 0);
  if (wrong.length === 0) return total === 1 ? t("fleet.oneNominal") : t("fleet.allNominal", { total });
  const said = wrong.map((word) =>
    t("fleet.part", { n: counts[word], word: headlineWord(word, locale).toLocaleLowerCase(locale) }),
  );
  return (
    <>
      {said.join(", ")}; <span>{t("fleet.nominalOf", { n: counts.nominal, total })}</span>
    </>
  );
}

/** How much of what is pinned was seen to run its pin. */
function PinShare({ counts: { pinned, onPin } }: { counts: FleetCounts }) {
  const { t, locale } = useWords();
  if (pinned === 0) return null;
  // Rounded down: not all is never written as all.
  const percent = percentText(locale, Math.floor((100 * onPin) / pinned));
  return <p>{t("fleet.pinShare", { percent, n: pinned })}</p>;
}

/** Legend, counts and filter in one, in precedence order. */
export function Legend({ counts, filter }: { counts: FleetCounts["counts"]; filter: FleetFilter }) {
  const { t } = useWords();
  return (
    <ul className="legend" aria-label={t("fleet.legend")}>
      {SHOWN.map((word) => (
        <li key={word}>
          <LegendLink mark={word} n={counts[word]} filter={filter} />
          {word === "unsafe" && counts.tripped > 0 && (
            <span className="of">
              <span className="t3">{t("fleet.ofThese")}</span>
              <LegendLink mark="tripped" n={counts.tripped} filter={filter} />
            </span>
          )}
        </li>
      ))}
      {counts.retired > 0 && filter.headline.includes("retired") && (
        <li>
          <LegendLink mark="retired" n={counts.retired} filter={filter} />
        </li>
      )}
    </ul>
  );
}

function LegendLink({ mark, n, filter }: { mark: HeadlineWord | "tripped"; n: number; filter: FleetFilter }) {
  const { locale } = useWords();
  const on = filter.headline.includes(mark);
  return (
    <FilterLink
      href={paths.fleet(toggled(filter, { field: "headline", value: mark }))}
      aria-current={on ? "true" : undefined}
      data-none={n === 0 || undefined}
    >
      <StatusMark status={mark} />
      <span className="n">{groupDigits(n, locale)}</span>
    </FilterLink>
  );
}
