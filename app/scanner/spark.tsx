"use client";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { Item } from "#core/manifest/item.ts";
import type { Series } from "#server/series/view.ts";
import { limitsOf, sparkOf } from "./spark-layout.ts";

export const SPARK_RANGES = {
  h24: 24 * 3_600_000,
  d7: 7 * 24 * 3_600_000,
  d90: 90 * 24 * 3_600_000,
} as const;
export type SparkRange = keyof typeof SPARK_RANGES;
export const SPARK_RANGE_NAMES = Object.keys(SPARK_RANGES) as SparkRange[];

const BOX = { width: 88, height: 18 };

type Props = { item: Item; series: Series; range: SparkRange };

/** How a number came to where it is, beside its limit; the same said in words for whoever does not see it. */
export function SparkLine({ item, series, range }: Props) {
  const { t } = useWords();
  const say = useSay();
  const points = series.items.find(({ itemId }) => itemId === item.id)?.points ?? [];
  const spark = sparkOf(series, points, limitsOf(item.expect), BOX);
  if (spark === null) return null;
  const number = (value: number) => say.actual(value, item.unit ?? null);
  const { min, max, last } = spark;
  const said = t("spark.text", {
    range: t(`spark.${range}`),
    min: number(min),
    max: number(max),
    last: number(last),
  });
  const limits = t("spark.limits", { limits: say.expected(item.expect, item.unit ?? null) });
  return (
    <svg
      className="spark"
      width={BOX.width}
      height={BOX.height}
      viewBox={`0 0 ${BOX.width} ${BOX.height}`}
      role="img"
      aria-label={`${said}, ${limits}`}
    >
      <title>{`${said}, ${limits}`}</title>
      {spark.limits.map((y) => (
        <path key={y} className="limit" d={`M0 ${y}H${BOX.width}`} />
      ))}
      {spark.bands.map((band) => (
        <path key={band} className="area" d={band} />
      ))}
      {spark.lines.map((line) => (
        <path key={line} className="line" d={line} />
      ))}
      <circle
        className="last"
        cx={spark.end.x}
        cy={spark.end.y}
        r={2}
        data-out={spark.end.out ? "" : undefined}
      />
    </svg>
  );
}
