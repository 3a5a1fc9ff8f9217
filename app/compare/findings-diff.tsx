"use client";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { FindingThen, ScannerThen } from "#server/past/view.ts";

/** Open findings of both, by item: those they share and those only one has. */
export function FindingsDiff({ a, b }: { a: ScannerThen; b: ScannerThen }) {
  const { t } = useWords();
  const keyOf = ({ finding }: FindingThen) => `${finding.problem} ${finding.itemId}`;
  const left = new Set(a.findings.map(keyOf));
  const right = new Set(b.findings.map(keyOf));
  const both = a.findings.filter((one) => right.has(keyOf(one)));
  const groups = [
    { title: t("compare.findingsBoth"), rows: both },
    {
      title: t("compare.findingsOnly", { serial: a.serial }),
      rows: a.findings.filter((one) => !right.has(keyOf(one))),
    },
    {
      title: t("compare.findingsOnly", { serial: b.serial }),
      rows: b.findings.filter((one) => !left.has(keyOf(one))),
    },
  ].filter(({ rows }) => rows.length > 0);
  return (
    <section className="compare-part">
      <div className="sec">
        <h2>{t("compare.findings")}</h2>
      </div>
      {groups.length === 0 && <p className="t2">{t("compare.findingsNone")}</p>}
      {groups.map(({ title, rows }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the two sides of one scanner at two times have the same title
        <div key={at}>
          <h3 className="strong">
            <bdi>{title}</bdi>
          </h3>
          <FindingList rows={rows} />
        </div>
      ))}
    </section>
  );
}

export function FindingList({ rows }: { rows: readonly FindingThen[] }) {
  const { t } = useWords();
  const say = useSay();
  return (
    <ul className="then-findings">
      {rows.map(({ finding }) => (
        <li key={`${finding.problem} ${finding.itemId}`}>
          <bdi className="mono">{finding.itemId}</bdi>
          <span>
            <bdi>{say.actual(finding.actual, finding.unit)}</bdi>
            <span className="t3">
              , {t("fleet.expected", { what: say.expected(finding.expected, finding.unit) })}
            </span>
          </span>
          <span className="t2">{say.word("class", finding.class)}</span>
        </li>
      ))}
    </ul>
  );
}
