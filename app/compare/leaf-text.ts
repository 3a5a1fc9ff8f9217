"use client";
import { useSay } from "#app/ui/say.ts";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { Leaf } from "#core/compare/diff.ts";
import { bytesText, durationText, numberText } from "#core/time/duration.ts";

const SEPARATOR = " › ";

/** Where a value stands in its kind: "loaded › nvidia › version". */
export function pathText(path: readonly string[]): string {
  return path.join(SEPARATOR);
}

/** One value as people read it; the unit of a number is the end of its name, as everywhere. */
export function useLeafText(zone: string | null = null): (path: readonly string[], leaf: Leaf) => string {
  const { t, locale } = useWords();
  const say = useSay(zone);
  const time = useAbsolute(zone);
  const numberOf = (name: string, value: number): string => {
    if (/(^(at|since)|At|Since)Ms$/.test(name)) return time(value);
    if (/Ms$/.test(name)) return durationText(locale, value);
    if (/(^b|B)ytes$|(^nar|Nar)Size$/.test(name)) return bytesText(locale, value);
    return numberText(locale, value, 3);
  };
  const knownText = (path: readonly string[], value: string | number | boolean | null): string => {
    if (value === null) return t("value.none");
    if (path.length === 0) return t("compare.seen");
    if (typeof value === "boolean") return t(value ? "value.true" : "value.false");
    return typeof value === "number" ? numberOf(path.at(-1) ?? "", value) : value;
  };
  return (path, leaf) => {
    switch (leaf.state) {
      case "absent":
        return t("compare.absent");
      case "not-reported":
        return t("value.notReported");
      case "unknown":
        return `${t("value.unknown")}: ${say.unknown(leaf.reason)}`;
      case "known":
        return knownText(path, leaf.value);
    }
  };
}
