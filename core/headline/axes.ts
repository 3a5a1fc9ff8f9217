import type { Reason } from "#core/report/fact.ts";

/** The axes of `status.md`; each has its own since, and none is ever folded into another. */
const LINKS = ["live", "late", "offline", "never"] as const;
export const SAFETIES = [
  "ok",
  "warning",
  "tripped",
  "bypassed",
  "lost",
  "limit-exceeded",
  "config-mismatch",
  "unknown",
  "none",
] as const;
export const FUNCTIONS = ["ok", "failed", "unknown"] as const;
export const SOFTWARES = ["intact", "pending-reboot", "drifted", "damaged", "untracked", "unknown"] as const;
export const CURRENCIES = ["current", "behind", "ahead", "unpinned"] as const;
export const SERVICES = ["in-service", "maintenance", "out-of-service", "retired"] as const;
export const CHANGES = [
  "none",
  "offered",
  "refused",
  "waiting",
  "downloading",
  "staged",
  "armed",
  "activating",
  "rebooting",
  "probation",
  "confirmed",
  "rolling-back",
  "rolled-back",
  "rollback-failed",
  "cancelled",
  "expired",
  "unknown",
] as const;

export type Link = (typeof LINKS)[number];
export type Safety = (typeof SAFETIES)[number];
export type FunctionAxis = (typeof FUNCTIONS)[number];
export type Software = (typeof SOFTWARES)[number];
export type Currency = (typeof CURRENCIES)[number];
export type Service = (typeof SERVICES)[number];
export type ChangeState = (typeof CHANGES)[number];

export const HEADLINES = [
  "unsafe",
  "offline",
  "unknown",
  "degraded",
  "updating",
  "drifted",
  "behind",
  "nominal",
  "retired",
] as const;
export type HeadlineWord = (typeof HEADLINES)[number];

/** What people see first: a word, perhaps a variant of it, and the reason as code and parameters (the sentence is made at the edge). */
export type Headline = {
  word: HeadlineWord;
  variant: "tripped" | "stalled" | "overdue" | "last-known" | null;
  reason: Reason;
  /** Hidden truths beside the word, as catalogue codes (`chip.<code>`). */
  chips: readonly Reason[];
};
