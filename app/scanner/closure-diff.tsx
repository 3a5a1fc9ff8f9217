"use client";
import { ArrowDown, ArrowUp, type LucideIcon, Minus, Plus, RefreshCcw, Replace } from "lucide-react";
import { StorePath } from "#app/ui/store-path.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ClosureDiff } from "#core/closure/diff.ts";
import type { PackageChange } from "#core/closure/package-change.ts";
import { BootChangesView } from "./boot-changes.tsx";
import { deltaText, versionText } from "./diff-text.ts";
import { emphasise } from "./emphasise.ts";
import { Changed } from "./item-table.tsx";

type Direction = PackageChange["change"];
type Row = PackageChange & { introducedBy?: ClosureDiff["packages"][number]["introducedBy"] };

const DIRECTION_ICONS = {
  up: ArrowUp,
  down: ArrowDown,
  added: Plus,
  removed: Minus,
  changed: Replace,
  rebuilt: RefreshCcw,
} as const satisfies Record<Direction, LucideIcon>;

/** What people look for first comes first; mere rebuilds last. */
const ORDER = [
  "up",
  "down",
  "added",
  "removed",
  "changed",
  "rebuilt",
] as const satisfies readonly Direction[];
const SHOWN = 12;

/** One below that of the section the difference stands in. */
type Heading = "h3" | "h4";

/** The difference of two closures in the order people ask: is it tampered with, what boots, which packages, which units, the rest. */
export function ClosureDiffView({ diff, heading = "h4" }: { diff: ClosureDiff; heading?: Heading }) {
  const { t, locale } = useWords();
  const Title = heading;
  const counts = ORDER.map((direction) => ({
    direction,
    n: diff.packages.filter(({ change }) => change === direction).length,
  })).filter(({ n }) => n > 0);
  const said = counts.map(({ direction, n }) => t(`diff.${direction}`, { n }));
  return (
    <div className="closure-diff">
      <div className="sec">
        <Title className="strong">{said.length === 0 ? t("diff.nothing") : said.join(", ")}</Title>
        <span className="r">{t("diff.total", { size: deltaText(diff.sizeDelta, locale) })}</span>
      </div>
      {diff.sameNameOtherContent.length > 0 && (
        <Tampered paths={diff.sameNameOtherContent} heading={heading} />
      )}
      <BootChangesView boot={diff.boot} />
      <PackageList rows={diff.packages} />
      <UnitList units={diff.units} />
      <Folded rows={diff.modules} word="diff.modules" />
      <Folded rows={diff.configuration} word="diff.configuration" />
    </div>
  );
}

function PackageList({ rows }: { rows: readonly Row[] }) {
  const { t } = useWords();
  const sorted = [...rows].sort(
    (a, b) =>
      ORDER.indexOf(a.change) - ORDER.indexOf(b.change) || Math.abs(b.sizeDelta) - Math.abs(a.sizeDelta),
  );
  const tail = sorted.slice(SHOWN);
  return (
    <>
      <Packages rows={sorted.slice(0, SHOWN)} />
      {tail.length > 0 && (
        <details className="fold">
          <summary>{t("list.more", { n: tail.length })}</summary>
          <Packages rows={tail} />
        </details>
      )}
    </>
  );
}

function Packages({ rows }: { rows: readonly Row[] }) {
  const { t, locale } = useWords();
  return (
    <ul className="pk">
      {rows.map((row) => {
        const Icon = DIRECTION_ICONS[row.change];
        const from = versionText(row.from);
        const to = versionText(row.to);
        const parts = emphasise(from, to);
        const by = row.introducedBy?.by ?? null;
        return (
          <li key={row.name}>
            <Icon role="img" aria-label={t(`diff.${row.change}`, { n: 1 }).replace(/^\d+ /, "")} />
            <span className="nm">
              <bdi>{row.name}</bdi>
              {by !== null && (
                <span className="t3" title={row.introducedBy?.chain.join(" → ")}>
                  {" "}
                  {t("diff.introduced", { by })}
                </span>
              )}
            </span>
            <span className="v">
              {from !== "" && <Changed parts={parts.left} />}
              {from !== "" && to !== "" && " → "}
              {to !== "" && <Changed parts={parts.right} />}
            </span>
            <span className="sz">{deltaText(row.sizeDelta, locale)}</span>
          </li>
        );
      })}
    </ul>
  );
}

function UnitList({ units }: { units: ClosureDiff["units"] }) {
  const { t } = useWords();
  if (units.length === 0) return null;
  return (
    <details className="fold" open={units.length <= SHOWN}>
      <summary>{t("diff.units", { n: units.length })}</summary>
      <ul className="unit-changes">
        {units.map(({ unit, change }) => (
          <li key={unit}>
            <bdi className="mono">{unit}</bdi> <span className="t3">{t(`diff.unit.${change}`)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Folded({
  rows,
  word,
}: {
  rows: readonly PackageChange[];
  word: "diff.modules" | "diff.configuration";
}) {
  const { t } = useWords();
  if (rows.length === 0) return null;
  return (
    <details className="fold">
      <summary>{t(word, { n: rows.length })}</summary>
      <Packages rows={rows} />
    </details>
  );
}

type TamperedProps = { paths: ClosureDiff["sameNameOtherContent"]; heading: Heading };

function Tampered({ paths, heading: Title }: TamperedProps) {
  const { t } = useWords();
  return (
    <div className="error-box">
      <Title className="strong">{t("diff.tampered", { n: paths.length })}</Title>
      <ul>
        {paths.map(({ path }) => (
          <li key={path}>
            <StorePath path={path} />
          </li>
        ))}
      </ul>
    </div>
  );
}
