import {
  Check,
  CircleQuestionMark,
  GitCompare,
  Info,
  type LucideIcon,
  Minus,
  OctagonPause,
  OctagonX,
  TriangleAlert,
} from "lucide-react";
import type { BlockStatus } from "#core/block/status.ts";

/** Word + icon + border for every status of a block (status.md "Encoding"): solid acts now, tint looks, dotted cannot know, plain is fine. */
export const BLOCK_LOOKS = {
  unsafe: { icon: OctagonX, fill: "solid", hue: "unsafe" },
  tripped: { icon: OctagonPause, fill: "solid", hue: "tripped" },
  failed: { icon: TriangleAlert, fill: "tint", hue: "degraded" },
  drifted: { icon: GitCompare, fill: "tint", hue: "drifted" },
  unknown: { icon: CircleQuestionMark, fill: "dotted", hue: null },
  noted: { icon: Info, fill: "plain", hue: null },
  nominal: { icon: Check, fill: "plain", hue: null },
  "not-expected": { icon: Minus, fill: "faint", hue: null },
  "not-compared": { icon: Minus, fill: "plain", hue: null },
} as const satisfies Record<
  BlockStatus,
  {
    icon: LucideIcon;
    fill: "solid" | "tint" | "dotted" | "plain" | "faint";
    hue: "unsafe" | "tripped" | "degraded" | "drifted" | null;
  }
>;
