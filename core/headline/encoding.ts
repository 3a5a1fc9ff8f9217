import type { Headline, HeadlineWord } from "#core/headline/axes.ts";
import type { Key } from "#core/message/catalogue.ts";

/**
 * How a headline looks (status.md, Encoding): word, shape and fill are all mandatory, because colour alone cannot carry nine
 * states for everybody. One table for the page, the print and the scanner's own page; a headline without an entry does not compile.
 */
export const FILLS = ["solid", "tint", "outline", "dashed", "dotted", "plain"] as const;
type Fill = (typeof FILLS)[number];

/** A headline as it is drawn: most words look one way, a tripped scanner and an overdue one have a sign of their own. */
export type Mark = HeadlineWord | "tripped" | "overdue";

export type Encoding = {
  /** Catalogue key of the word. */
  word: Key;
  /** Name of the lucide icon. */
  icon: string;
  fill: Fill;
  /** The design token of the hue on icon and edge; null: none. */
  hue: "unsafe" | "tripped" | "degraded" | "drifted" | "updating" | "quiet" | "nominal" | null;
  /** Black and white: solid is black, a tint is hatched, outlines stay. */
  print: "black" | "hatch" | "outline" | "none";
};

export const ENCODINGS = {
  unsafe: { word: "headline.unsafe", icon: "octagon-x", fill: "solid", hue: "unsafe", print: "black" },
  tripped: { word: "headline.tripped", icon: "octagon-pause", fill: "solid", hue: "tripped", print: "black" },
  degraded: {
    word: "headline.degraded",
    icon: "triangle-alert",
    fill: "tint",
    hue: "degraded",
    print: "hatch",
  },
  drifted: { word: "headline.drifted", icon: "git-compare", fill: "tint", hue: "drifted", print: "hatch" },
  updating: {
    word: "headline.updating",
    icon: "refresh-cw",
    fill: "outline",
    hue: "updating",
    print: "outline",
  },
  behind: { word: "headline.behind", icon: "calendar-clock", fill: "outline", hue: null, print: "outline" },
  overdue: {
    word: "headline.overdue",
    icon: "calendar-clock",
    fill: "outline",
    hue: "drifted",
    print: "outline",
  },
  offline: { word: "headline.offline", icon: "unplug", fill: "dashed", hue: "quiet", print: "outline" },
  unknown: { word: "headline.unknown", icon: "circle-help", fill: "dotted", hue: "quiet", print: "outline" },
  nominal: { word: "headline.nominal", icon: "check", fill: "plain", hue: "nominal", print: "none" },
  retired: { word: "headline.retired", icon: "archive", fill: "plain", hue: null, print: "none" },
} as const satisfies Record<Mark, Encoding>;

export function markOf({ word, variant }: Pick<Headline, "word" | "variant">): Mark {
  return variant === "tripped" || variant === "overdue" ? variant : word;
}
