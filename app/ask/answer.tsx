"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { Banner } from "#app/ui/banner.tsx";
import { useClockText, useWords } from "#app/viewer.tsx";
import type { AskAnswer } from "#server/ask/view.ts";
import { hitText } from "./hit-text.ts";
import { KindWord } from "./kind-word.tsx";
import { Section } from "./section.tsx";
import { useValueText } from "./value-text.ts";

const LEAD_VALUES = 3;

export function Answer({ answer }: { answer: AskAnswer }) {
  const { t } = useWords();
  const clock = useClockText();
  return (
    <>
      <div className="lead">
        <h1 aria-live="polite">
          <Lead answer={answer} />
        </h1>
        <p>{t("ask.asOf", { time: clock(answer.asOfMs) })}</p>
      </div>
      {answer.notIndexed > 0 && <Banner tone="loud">{t("ask.notIndexed", { n: answer.notIndexed })}</Banner>}
      {answer.sections.map((section) => (
        <Section key={`${section.kind}:${section.name}`} section={section} answer={answer} />
      ))}
      {answer.moreSections > 0 && (
        <p className="ask-note">{t("ask.moreNames", { n: answer.moreSections })}</p>
      )}
      {answer.sections.length === 0 && <NotFound answer={answer} />}
    </>
  );
}

/** The answer as one sentence: how many have which, or that nobody reported it. */
function Lead({ answer }: { answer: AskAnswer }) {
  const { t } = useWords();
  const valueText = useValueText();
  const { sections, question, text, when } = answer;
  const [section] = sections;
  if (section === undefined) return t(when === "now" ? "ask.notFound" : "ask.notFoundEver", { name: text });
  if (sections.length > 1 || question.test !== null || section.numbers !== null) {
    const n = sections.length === 1 ? section.has : Math.max(...sections.map(({ has }) => has));
    return <bdi>{t("ask.leadHas", { name: text, n })}</bdi>;
  }
  const said = section.groups
    .slice(0, LEAD_VALUES)
    .map(({ value, count }) => t("ask.leadOn", { value: valueText(section.kind, value), n: count }));
  const more = section.groups.length - LEAD_VALUES + section.moreGroups;
  return (
    <>
      <bdi>{section.name}</bdi>: <bdi>{said.join(", ")}</bdi>
      {more > 0 && <span>, {t("ask.leadMore", { n: more })}</span>}
    </>
  );
}

/** Absence is never confused with not being reported: how many speak of it at all stands beside it. */
function NotFound({ answer }: { answer: AskAnswer }) {
  const { t } = useWords();
  const total = answer.reporting[0]?.total ?? 0;
  return (
    <div className="ask-none">
      {total === 0 && <p>{t("ask.nobody")}</p>}
      {total > 0 && (
        <ul className="reporting">
          {answer.reporting.map(({ kind, reporting }) => (
            <li key={kind}>{t("ask.reporting", { reporting, total, kind: t(`ask.kinds.${kind}`) })}</li>
          ))}
        </ul>
      )}
      <h2>{t("ask.near")}</h2>
      {answer.near.length === 0 ? (
        <p className="t3">{t("ask.nearNone")}</p>
      ) : (
        <ul className="near">
          {answer.near.map((hit) => (
            <li key={hitText(hit)}>
              <Link className="link mono" href={paths.ask(hitText(hit), answer.when)}>
                <bdi>
                  {hit.name}
                  {hit.value !== null && ` ${hit.value}`}
                </bdi>
              </Link>
              <KindWord kind={hit.kind} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
