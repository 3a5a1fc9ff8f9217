"use client";
import Link from "next/link";
import { type FleetFilter, paths } from "#app/paths.ts";
import { StatusMark } from "#app/ui/mark.tsx";
import { headlineWord } from "#app/ui/say.ts";
import { groupDigits } from "#app/ui/words.ts";
import { useWords } from "#app/viewer.tsx";
import { HEADLINES, type HeadlineWord } from "#core/headline/axes.ts";
import type { Fleet } from "#server/scanner/view.ts";
import { toggled } from "./filter.ts";

type Counts = Fleet["counts"];
const SHOWN = HEADLINES.filter((word): word is Exclude<HeadlineWord, "retired"> => word !== "retired");

/** The sentence the page exists for: what is wrong, then how much is right. */
export function FleetLead({ counts }: { counts: Counts }) {
  const { t, locale } = useWords();
  const total = SHOWN.reduce((sum, word) => sum + counts[word], 0);
  const wrong = SHOWN.filter((word) => word !== "nominal" && counts[word] > 0);
  if (total === 0) return <h1 className="sr">{t("fleet.title")}</h1>;
  if (wrong.length === 0) {
    return (
      <div className="lead">
        <h1>{total === 1 ? t("fleet.oneNominal") : t("fleet.allNominal", { total })}</h1>
      </div>
    );
  }
  const said = wrong.map((word) =>
    t("fleet.part", { n: counts[word], word: headlineWord(word, locale).toLocaleLowerCase(locale) }),
  );
  return (
    <div className="lead">
      <h1 aria-live="polite">
        {said.join(", ")}; <span>{t("fleet.nominalOf", { n: counts.nominal, total })}</span>
      </h1>
    </div>
  );
}

/** Legend, counts and filter in one, in precedence order. */
export function Legend({ counts, filter }: { counts: Counts; filter: FleetFilter }) {
  const { t, locale } = useWords();
  return (
    <ul className="legend" aria-label={t("fleet.legend")}>
      {SHOWN.map((word) => (
        <li key={word}>
          <Link
            href={paths.fleet(toggled(filter, word))}
            aria-current={filter.headlines.includes(word) ? "true" : undefined}
            replace
            scroll={false}
          >
            <StatusMark status={word} />
            <span className="n">{groupDigits(counts[word], locale)}</span>
          </Link>
          {word === "unsafe" && counts.tripped > 0 && (
            <span className="of">
              <span className="t3">{t("fleet.ofThese")}</span>
              <StatusMark status="tripped" />
              <span className="n">{groupDigits(counts.tripped, locale)}</span>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
