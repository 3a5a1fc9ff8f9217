import { wasSeen } from "#core/finding/compare.ts";
import type { Compared } from "#core/finding/finding.ts";
import type { Safety } from "#core/headline/axes.ts";
import { isTripEvidence } from "#core/headline/safety-axis.ts";

/**
 * What a block of the diagram says, worst first. `noted`: only information differs. The last two are no verdicts: the manifest
 * expects nothing of the block, or nothing is expected of the scanner at all.
 */
export const BLOCK_STATUSES = [
  "unsafe",
  "tripped",
  "failed",
  "unknown",
  "drifted",
  "noted",
  "nominal",
  "not-expected",
  "not-compared",
] as const;
export type BlockStatus = (typeof BLOCK_STATUSES)[number];

export function worst(statuses: readonly BlockStatus[]): BlockStatus | null {
  return BLOCK_STATUSES.find((status) => statuses.includes(status)) ?? null;
}

export function worse(a: BlockStatus, b: BlockStatus): BlockStatus {
  return BLOCK_STATUSES.indexOf(a) < BLOCK_STATUSES.indexOf(b) ? a : b;
}

/** One item's share in the status of its block. What could not be seen is never nominal (SEE-14). */
export function itemStatus({ finding }: Compared, safety: Safety): BlockStatus {
  if (finding === null) return "nominal";
  const unseen = !wasSeen(finding);
  switch (finding.class) {
    case "info":
      return "noted";
    case "safety":
      if (unseen) return "unknown";
      return safety === "tripped" && isTripEvidence(finding) ? "tripped" : "unsafe";
    case "function":
      return unseen ? "unknown" : "failed";
    case "config":
      return unseen ? "unknown" : "drifted";
  }
}

/** What the daemon's own word adds to its block; null: nothing that the items do not say themselves. */
export const STATUS_OF_SAFETY = {
  ok: null,
  warning: "failed",
  tripped: "tripped",
  bypassed: "unsafe",
  lost: "unsafe",
  "limit-exceeded": "unsafe",
  "config-mismatch": "unsafe",
  unknown: "unknown",
  none: null,
} as const satisfies Record<Safety, BlockStatus | null>;
