"use client";
import { AlertTriangle, Info, type LucideIcon, OctagonX, SlidersHorizontal } from "lucide-react";
import { Flash } from "#app/ui/flash.tsx";
import { useSay } from "#app/ui/say.ts";
import { Breakable } from "#app/ui/store-path.tsx";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ItemClass } from "#core/manifest/item.ts";
import type { ItemRow } from "#server/scanner/view.ts";
import type { Series } from "#server/series/view.ts";
import { emphasise, type Parts } from "./emphasise.ts";
import { SparkLine, type SparkRange } from "./spark.tsx";

const CLASS_ICONS = {
  safety: OctagonX,
  function: AlertTriangle,
  config: SlidersHorizontal,
  info: Info,
} as const satisfies Record<ItemClass, LucideIcon>;

function ClassWord({ itemClass, open }: { itemClass: ItemClass; open: boolean }) {
  const say = useSay();
  const Icon = CLASS_ICONS[itemClass];
  const hue = { safety: "unsafe", function: "degraded", config: "drifted", info: undefined }[itemClass];
  return (
    <span className="word" data-hue={open ? hue : undefined}>
      <Icon className={itemClass === "safety" ? "oct" : undefined} aria-hidden />
      {say.word("class", itemClass)}
    </span>
  );
}

type Readings = { series: Series; range: SparkRange } | null;
type TableProps = { rows: readonly ItemRow[]; zone: string; caption: string; readings: Readings };

/** Expected left, actual right on one baseline, the part that differs emphasised inside the value; since and siblings at the end. */
export function ItemTable({ rows, zone, caption, readings }: TableProps) {
  const { t } = useWords();
  return (
    <div className="scroll-x">
      <table className="tbl flush diff stack">
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t("items.item")}</th>
            <th scope="col">{t("items.expected")}</th>
            <th scope="col">{t("items.actual")}</th>
            <th scope="col">{t("items.class")}</th>
            <th scope="col" className="num">
              {t("items.since")}
            </th>
            <th scope="col" className="num">
              {t("items.siblings")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ItemLine key={row.item.id} row={row} zone={zone} readings={readings} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ItemLine({ row, zone, readings }: { row: ItemRow; zone: string; readings: Readings }) {
  const { t } = useWords();
  const say = useSay();
  const { item, finding, sinceMs } = row;
  const expected = say.expected(item.expect, item.unit ?? null);
  return (
    <tr className={finding === null ? "holds" : undefined}>
      <th scope="row" className="mono">
        <bdi title={say.word("probe", item.kind)}>
          <Breakable text={item.id} />
        </bdi>
        {item.riskControlId !== undefined && (
          <span className="t3"> {t("items.control", { id: item.riskControlId })}</span>
        )}
      </th>
      <td className="mono exp" data-label={t("items.expected")}>
        <bdi>{expected}</bdi>
      </td>
      <td className="mono act" data-label={t("items.actual")}>
        <Flash of={`${row.reading.state} ${row.reading.state === "known" ? row.reading.value : ""}`}>
          <Actual row={row} expected={expected} />
          <ReadBefore row={row} zone={zone} />
        </Flash>
        {readings !== null && <SparkLine item={item} {...readings} />}
      </td>
      <td data-label={t("items.class")}>
        <ClassWord itemClass={item.class} open={finding !== null} />
      </td>
      <td className="num t2" data-label={t("items.since")}>
        {sinceMs !== null && <Time ms={sinceMs} zone={zone} as="since" />}
      </td>
      <td className="num" data-label={t("items.siblings")}>
        <Siblings row={row} />
      </td>
    </tr>
  );
}

function Actual({ row, expected }: { row: ItemRow; expected: string }) {
  const { t } = useWords();
  const say = useSay();
  const { item, reading, finding } = row;
  if (reading.state === "known") {
    const actual = say.actual(reading.value, item.unit ?? null);
    if (finding === null) return <bdi>{actual}</bdi>;
    if (finding.problem === "too-old") {
      return (
        <bdi>
          <b>{say.word("problem", "too-old")}</b> {actual}
        </bdi>
      );
    }
    return <Changed parts={emphasise(expected, actual).right} />;
  }
  if (reading.state === "absent") return <b className="cannot-strong">{say.word("problem", "absent")}</b>;
  if (reading.state === "unknown") {
    return (
      <span>
        <b className="cannot-strong">{say.word("problem", "unknown")}</b>{" "}
        <span className="why-unknown">{say.unknown(reading.reason)}</span>
      </span>
    );
  }
  if (reading.state === "unknown-kind")
    return <b className="cannot-strong">{say.word("problem", "unknown-kind")}</b>;
  return <b className="cannot-strong">{t("value.notReported")}</b>;
}

/** A value that a scan keeps from being read again is shown as old as it is (SEE-17). */
function ReadBefore({ row: { reading }, zone }: { row: ItemRow; zone: string }) {
  if (reading.state !== "known" || reading.readAtMs === undefined) return null;
  return (
    <span className="t3">
      {" "}
      (<Time ms={reading.readAtMs} zone={zone} />)
    </span>
  );
}

/** The differing part stands out by weight and tint, never by hue. */
export function Changed({ parts }: { parts: Parts }) {
  return (
    <bdi>
      {parts.before}
      {parts.changed !== "" && <b>{parts.changed}</b>}
      {parts.after}
    </bdi>
  );
}

function Siblings({ row }: { row: ItemRow }) {
  const { t } = useWords();
  const { siblingsAlike, finding } = row;
  if (finding === null) return null;
  if (siblingsAlike === null || siblingsAlike.of === 0)
    return <span className="t3">{t("items.noSiblings")}</span>;
  if (siblingsAlike.alike === 0) return <span className="t3">{t("items.onlyHere")}</span>;
  return <span className="strong">{t("items.alike", siblingsAlike)}</span>;
}
