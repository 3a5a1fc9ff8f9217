import { backDeadlineMs, deadlineAfterBootMs, deadlineMs } from "#core/change/budget.ts";
import type { Effect } from "#core/change/effect.ts";
import type { Journal } from "#core/change/journal.ts";
import type { Step } from "#core/change/steps.ts";

type At<S extends Step> = Journal extends infer One
  ? One extends { step: string }
    ? S extends One["step"]
      ? One
      : never
    : never
  : never;

const nothing = (): Effect[] => [];

/** What each step does on the host. A step whose effect is done again after an interruption leaves the same host behind. */
const EFFECTS: { readonly [S in Step]: (journal: At<S>) => Effect[] } = {
  rest: nothing,
  offered: nothing,
  copy: ({ plan }) => [{ do: "copy", toplevel: plan.toplevel }],
  verify: ({ plan }) => [{ do: "verify", toplevel: plan.toplevel }],
  keep: ({ plan }) => [{ do: "keep", toplevel: plan.toplevel }],
  staged: ({ plan }) => (plan.action === "stage" ? [] : [{ do: "look" }]),
  armed: ({ plan, run }) => [{ do: "arm", deadlineMs: deadlineMs(plan.health, run.way) }],
  set: ({ plan }) => [{ do: "set", toplevel: plan.toplevel }],
  boot: ({ plan }) => [{ do: "boot", toplevel: plan.toplevel, once: true }],
  switch: ({ plan }) => [{ do: "switch", toplevel: plan.toplevel, limitMs: plan.health.budgets.activateMs }],
  reboot: ({ plan }) => [{ do: "reboot", toplevel: plan.toplevel, once: true }],
  arrived: ({ plan }) => [{ do: "rearm", deadlineMs: deadlineAfterBootMs(plan.health) }],
  "restart-agent": () => [{ do: "restart-agent" }],
  probe: () => [{ do: "probe" }],
  bless: ({ plan }) => [{ do: "bless", toplevel: plan.toplevel }],
  confirm: () => [{ do: "confirm" }],
  settle: () => [{ do: "settle" }],
  "back-arm": ({ plan, back }) => [{ do: "arm-back", deadlineMs: backDeadlineMs(plan.health, back.way) }],
  "back-set": ({ run }) => [{ do: "set", toplevel: run.from }],
  "back-boot": ({ run }) => [{ do: "boot", toplevel: run.from, once: false }],
  "back-switch": ({ plan, run }) => [
    { do: "switch", toplevel: run.from, limitMs: plan.health.budgets.activateMs },
  ],
  "back-reboot": ({ run }) => [{ do: "reboot", toplevel: run.from, once: false }],
  "back-probe": () => [{ do: "observe" }],
  "back-settle": () => [{ do: "settle-back" }],
  stuck: nothing,
};

export function effectsOf(journal: Journal): Effect[] {
  const rule = EFFECTS[journal.step] as (journal: Journal) => Effect[];
  return rule(journal);
}
