/** How much of the past the time axis shows, from a quarter of an hour to fourteen months, and where it stands. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const AXIS_RANGES = {
  m15: 15 * MINUTE,
  h1: HOUR,
  h6: 6 * HOUR,
  h24: DAY,
  d7: 7 * DAY,
  d30: 30 * DAY,
  d90: 90 * DAY,
  m14: 425 * DAY,
} as const;
export type AxisRange = keyof typeof AXIS_RANGES;
export const AXIS_RANGE_NAMES = Object.keys(AXIS_RANGES) as AxisRange[];

/** `endMs` null: it ends now and moves on with the time. */
export type AxisView = { range: AxisRange; endMs: number | null };

/** From the page's address; what is no range or no time there is taken for the usual. */
export function axisViewIn(range: string | null, end: string | null): AxisView {
  const named = AXIS_RANGE_NAMES.find((one) => one === range) ?? "h1";
  const endMs = end === null ? Number.NaN : Date.parse(end);
  return { range: named, endMs: Number.isNaN(endMs) ? null : endMs };
}

/** The same as words of an address; the usual is left out. */
export function axisAddress({ range, endMs }: AxisView): { range: string | null; until: string | null } {
  return {
    range: range === "h1" ? null : range,
    until:
      endMs === null ? null : new Date(Math.round(endMs / 1000) * 1000).toISOString().replace(".000Z", "Z"),
  };
}

/** A quarter of what is shown earlier or later; at now it goes no further, and moves on with the time again. */
export function panned(view: AxisView, direction: -1 | 1, nowMs: number): AxisView {
  const endMs = (view.endMs ?? nowMs) + (direction * AXIS_RANGES[view.range]) / 4;
  return { ...view, endMs: endMs >= nowMs ? null : endMs };
}

/** One range shorter or longer, about the middle; an axis that ends now goes on ending now. */
export function zoomed(view: AxisView, direction: "in" | "out", nowMs: number): AxisView {
  const place = AXIS_RANGE_NAMES.indexOf(view.range) + (direction === "in" ? -1 : 1);
  const range = AXIS_RANGE_NAMES[place];
  if (range === undefined) return view;
  if (view.endMs === null) return { range, endMs: null };
  const endMs = view.endMs - AXIS_RANGES[view.range] / 2 + AXIS_RANGES[range] / 2;
  return { range, endMs: endMs >= nowMs ? null : endMs };
}

/** What a key does on the axis; null: nothing of its own. */
export function keyed(key: string, view: AxisView, nowMs: number): AxisView | null {
  switch (key) {
    case "ArrowLeft":
      return panned(view, -1, nowMs);
    case "ArrowRight":
      return panned(view, 1, nowMs);
    case "+":
    case "=":
      return zoomed(view, "in", nowMs);
    case "-":
      return zoomed(view, "out", nowMs);
    case "End":
      return { ...view, endMs: null };
    default:
      return null;
  }
}
