"use client";
import { emphasise } from "#app/scanner/emphasise.ts";
import { Changed } from "#app/scanner/item-table.tsx";
import { useSay } from "#app/ui/say.ts";
import { Breakable } from "#app/ui/store-path.tsx";
import { useWords } from "#app/viewer.tsx";
import type { KindDiff, Line } from "#core/compare/diff.ts";
import type { ScannerThen } from "#server/past/view.ts";
import { pathText, useLeafText } from "./leaf-text.ts";

/** A list longer than this is folded; nobody reads two hundred units that all differ in one build. */
const SHOWN = 40;

type Props = { kinds: readonly KindDiff[]; a: ScannerThen; b: ScannerThen };

/** Kind by kind: what differs, what cannot be compared, and what is equal folded to a count. */
export function FactsDiff({ kinds, a, b }: Props) {
  const sorted = [...kinds].sort(
    (one, other) => other.differ.length - one.differ.length || other.open.length - one.open.length,
  );
  return sorted.map((kind) => <KindPart key={kind.kind} kind={kind} a={a} b={b} />);
}

function KindPart({ kind, a, b }: { kind: KindDiff; a: ScannerThen; b: ScannerThen }) {
  const { t } = useWords();
  const say = useSay();
  const name = say.word("fact", kind.kind);
  const { differ, open, equal } = kind;
  return (
    <section className="compare-part">
      <div className="sec">
        <h2>{name}</h2>
        <span className="r">
          {[
            differ.length > 0 ? t("compare.differ", { n: differ.length }) : "",
            open.length > 0 ? t("compare.open", { n: open.length }) : "",
            equal.length > 0 ? t("compare.equal", { n: equal.length }) : "",
          ]
            .filter((part) => part !== "")
            .join(", ")}
        </span>
      </div>
      <Lines lines={differ.slice(0, SHOWN)} caption={name} sides={{ a, b }} />
      {differ.length > SHOWN && (
        <Folded
          lines={differ.slice(SHOWN)}
          word={t("list.more", { n: differ.length - SHOWN })}
          sides={{ a, b }}
        />
      )}
      <Lines
        lines={open.slice(0, SHOWN)}
        caption={`${name}, ${t("compare.open", { n: open.length })}`}
        sides={{ a, b }}
      />
      {open.length > SHOWN && (
        <Folded
          lines={open.slice(SHOWN)}
          word={t("list.more", { n: open.length - SHOWN })}
          sides={{ a, b }}
        />
      )}
      {equal.length > 0 && (
        <Folded lines={equal} word={t("compare.equal", { n: equal.length })} sides={{ a, b }} />
      )}
    </section>
  );
}

type Sides = { a: ScannerThen; b: ScannerThen };

function Folded({ lines, word, sides }: { lines: readonly Line[]; word: string; sides: Sides }) {
  return (
    <details className="fold">
      <summary>{word}</summary>
      <Lines lines={lines} caption={word} sides={sides} />
    </details>
  );
}

function Lines({ lines, caption, sides }: { lines: readonly Line[]; caption: string; sides: Sides }) {
  const { t } = useWords();
  if (lines.length === 0) return null;
  const { a, b } = sides;
  const same = a.scannerId === b.scannerId;
  const names = same ? [t("compare.left"), t("compare.right")] : [a.serial, b.serial];
  return (
    <div className="scroll-x">
      <table className="tbl flush diff compared stack">
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t("compare.value")}</th>
            <th scope="col">
              <bdi>{names[0]}</bdi>
            </th>
            <th scope="col">
              <bdi>{names[1]}</bdi>
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <LineRow
              key={JSON.stringify(line.path)}
              line={line}
              names={[names[0] ?? "", names[1] ?? ""]}
              sides={sides}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LineRow({ line, names, sides }: { line: Line; names: readonly [string, string]; sides: Sides }) {
  const { t } = useWords();
  const leftText = useLeafText(sides.a.timeZone);
  const rightText = useLeafText(sides.b.timeZone);
  const { path, a, b } = line;
  const left = leftText(path, a);
  const right = rightText(path, b);
  const parts = emphasise(left, right);
  const equal = left === right && a.state === b.state;
  return (
    <tr>
      <th scope="row" className="mono">
        <bdi>
          <Breakable text={path.length === 0 ? t("compare.facts") : pathText(path)} />
        </bdi>
      </th>
      {(
        [
          [a, parts.left, left, names[0]],
          [b, parts.right, right, names[1]],
        ] as const
      ).map(([leaf, part, text, name], at) => (
        <td
          key={at === 0 ? "a" : "b"}
          data-label={name}
          className={leaf.state === "known" ? "mono act" : "cannot"}
        >
          {leaf.state === "known" && !equal ? <Changed parts={part} /> : <bdi>{text}</bdi>}
        </td>
      ))}
    </tr>
  );
}
