"use client";
import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { Breakable, StorePath } from "#app/ui/store-path.tsx";
import { groupDigits } from "#app/ui/words.ts";
import { useWords } from "#app/viewer.tsx";
import { isStorePath } from "#core/closure/store-path.ts";
import { numberText } from "#core/time/duration.ts";
import type { AskAnswer, AskGroup, AskSection } from "#server/ask/view.ts";
import { KindWord } from "./kind-word.tsx";
import { ScannerList } from "./scanner-list.tsx";
import { useValueText } from "./value-text.ts";

type Props = { section: AskSection; answer: AskAnswer };

/** One thing that was found: its values with how many have each, and who they are. */
export function Section({ section, answer }: Props) {
  const { t } = useWords();
  const report = answer.reporting.find(({ kind }) => kind === section.kind);
  const total = report?.total ?? 0;
  const blind = total - (report?.reporting ?? total);
  const listed = section.kind === "package" || section.kind === "path" || section.kind === "hash";
  return (
    <section className="ask-section">
      <div className="sec">
        <h2>
          <bdi className="mono">
            <Breakable text={section.name} />
          </bdi>{" "}
          <KindWord kind={section.kind} />
        </h2>
        <span className="r">
          {t(answer.question.test === null ? "ask.has" : "ask.passes", { n: section.has, total })}
        </span>
      </div>
      <ul className="groups" aria-label={t("ask.groups", { name: section.name })}>
        {section.numbers !== null && <NumbersRow section={section} answer={answer} total={total} />}
        {section.groups.map((group) => (
          <GroupRow key={group.value} group={group} section={section} answer={answer} total={total} />
        ))}
      </ul>
      {section.moreGroups > 0 && <p className="ask-note">{t("ask.moreGroups", { n: section.moreGroups })}</p>}
      {blind > 0 && answer.when === "now" && (
        <p className="ask-note">
          {listed
            ? t("ask.notListed", { n: blind })
            : t("ask.notReporting", { n: blind, kind: t(`ask.kinds.${section.kind}`) })}
        </p>
      )}
    </section>
  );
}

type RowProps = Props & { total: number };

function GroupRow({ group, section, answer, total }: RowProps & { group: AskGroup }) {
  const { t } = useWords();
  const valueText = useValueText();
  const asksValue = answer.question.test !== null;
  const text = valueText(section.kind, group.value);
  return (
    <Row
      label={text}
      count={group.count}
      total={total}
      quiet={group.verdict === "fails"}
      list={<ScannerList ask={{ ...about(section, answer), value: group.value }} what={text} />}
    >
      {isStorePath(group.value) ? (
        <StorePath path={group.value} copy={false} />
      ) : (
        <bdi className={group.value === "" ? "t3" : "mono"}>
          <Breakable text={text} />
        </bdi>
      )}
      {asksValue && group.verdict === "fails" && <span className="t3">{t("ask.fails")}</span>}
      {asksValue && group.verdict === "unknown" && <span className="cannot">{t("ask.unknownValue")}</span>}
    </Row>
  );
}

function NumbersRow({ section, answer, total }: RowProps) {
  const { t, locale } = useWords();
  const { numbers } = section;
  if (numbers === null) return null;
  if (numbers.count === 0) return <li className="group none">{t("ask.numbersNone")}</li>;
  const [min, max] = [numberText(locale, numbers.min, 3), numberText(locale, numbers.max, 3)];
  const text = t("ask.numbers", { min, max, unit: numbers.unit }).trim();
  return (
    <Row
      label={text}
      count={numbers.count}
      total={total}
      quiet={false}
      list={<ScannerList ask={{ ...about(section, answer), value: null, numbers: true }} what={text} />}
    >
      <bdi>{text}</bdi>
    </Row>
  );
}

function about(section: AskSection, answer: AskAnswer) {
  return { text: answer.text, when: answer.when, kind: section.kind, name: section.name };
}

type LineProps = {
  label: string;
  count: number;
  total: number;
  /** It is there for completeness: it does not pass the test. */
  quiet: boolean;
  list: React.ReactNode;
  children: React.ReactNode;
};

/** A value with its count; opened, the scanners behind it. */
function Row({ label, count, total, quiet, list, children }: LineProps) {
  const { t, locale } = useWords();
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <li className={quiet ? "group quiet" : "group"}>
      <button
        type="button"
        className="group-line"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={t("ask.list", { n: count, value: label })}
        onClick={() => setOpen(!open)}
      >
        <ChevronRight className="turn" aria-hidden />
        <span className="v">{children}</span>
        <progress className="share" max={Math.max(total, 1)} value={count} aria-hidden />
        <span className="n">{groupDigits(count, locale)}</span>
      </button>
      {open && <div id={id}>{list}</div>}
    </li>
  );
}
