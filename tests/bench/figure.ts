import type { Aim, Figure, Unit } from "#tests/bench/bench.ts";
import { pairUp } from "#tests/bench/pairs.ts";
import { ratioOf, type Spread, spreadOf } from "#tests/bench/statistics.ts";

type About = { id: string; what: string; unit: Unit; limits: string; aim?: Aim };

/** A figure with the bare baseline of the same rounds. */
export function compared(
  about: About,
  measured: readonly number[],
  baseline: { what: string; samples: readonly number[] },
): Figure {
  return {
    ...about,
    aim: about.aim ?? null,
    measured: spreadOf(measured),
    baseline: { what: baseline.what, spread: spreadOf(baseline.samples) },
    ratio: ratioOf(pairUp(measured, baseline.samples)),
  };
}

/** An amount that has nothing bare to stand beside. */
export function alone(about: About, samples: readonly number[]): Figure {
  return { ...about, aim: about.aim ?? null, measured: spreadOf(samples), baseline: null, ratio: null };
}

export const atLeast = (of: Aim["of"], value: number): Aim => ({ of, is: "at least", value });
export const atMost = (of: Aim["of"], value: number): Aim => ({ of, is: "at most", value });

/** Null: there is no aim. */
export function aimMet({ aim, measured, ratio }: Figure): boolean | null {
  if (aim === null) return null;
  const value = aim.of === "measured" ? measured.median : ratio?.median;
  if (value === undefined) throw new Error("an aim for a ratio needs a baseline");
  return aim.is === "at least" ? value >= aim.value : value <= aim.value;
}

/** Three digits that count, and no more than whole numbers need. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-GB");
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}

export function spread({ median, low, high, count }: Spread, unit: Unit): string {
  const middle = `${number(median)}${unitText(unit)}`;
  return count === 1 ? middle : `${middle} (${number(low)}–${number(high)})`;
}

function unitText(unit: Unit): string {
  if (unit === "") return "";
  return unit === "/s" || unit === "%" ? unit : ` ${unit}`;
}

export function aimText({ aim, unit }: Figure): string {
  if (aim === null) return "–";
  const sign = aim.is === "at least" ? "≥" : "≤";
  return aim.of === "ratio"
    ? `${sign} ${number(aim.value)} of the baseline`
    : `${sign} ${number(aim.value)}${unitText(unit)}`;
}
