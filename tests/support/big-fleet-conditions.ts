import type { ChangeState, Currency, FunctionAxis, Safety, Software } from "#core/headline/axes.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import type { Reason } from "#core/report/fact.ts";

/** What a generated scanner is like now; the headline is never written here, the product's own function makes it of this. */
export type Condition = {
  name: string;
  /** Share of the fleet, parts of a thousand. */
  share: number;
  safety: Safety;
  function: FunctionAxis;
  software: Software;
  currency: Currency;
  change: ChangeState;
  findings: readonly Omit<OpenFinding, "sinceMs">[];
  unverifiable: Reason | null;
  /** Silent, as a scanner is that was offline and has not come back. */
  silent: boolean;
};

const FINE = {
  safety: "ok",
  function: "ok",
  software: "intact",
  currency: "current",
  change: "none",
  findings: [],
  unverifiable: null,
  silent: false,
} as const satisfies Omit<Condition, "name" | "share">;

function differs(
  itemId: string,
  itemClass: OpenFinding["class"],
  want: string | number,
  actual: string | number,
): Omit<OpenFinding, "sinceMs"> {
  return {
    itemId,
    kind: "unit",
    class: itemClass,
    problem: "differs",
    expected: { op: "eq", want },
    unit: null,
    actual,
    reason: null,
    riskControlId: null,
  };
}

export const CONDITIONS: readonly Condition[] = [
  { ...FINE, name: "nominal", share: 819 },
  { ...FINE, name: "behind", share: 60, currency: "behind" },
  {
    ...FINE,
    name: "drifted by hand",
    share: 30,
    software: "drifted",
    findings: [
      differs("unit.sshd", "config", "inactive", "active"),
      differs("kernel.parameter.quiet", "config", 1, 0),
    ],
  },
  { ...FINE, name: "pending reboot", share: 27, software: "pending-reboot" },
  { ...FINE, name: "untracked", share: 4, software: "untracked" },
  {
    ...FINE,
    name: "degraded",
    share: 14,
    function: "failed",
    findings: [differs("unit.daq", "function", "active", "failed"), differs("gpu.xid", "function", 0, 79)],
  },
  { ...FINE, name: "updating", share: 10, change: "downloading" },
  {
    ...FINE,
    name: "unverifiable",
    share: 6,
    unverifiable: { code: "clock-skew", params: { skewMs: 660_000 } },
  },
  { ...FINE, name: "offline", share: 25, silent: true },
  { ...FINE, name: "tripped", share: 2, safety: "tripped" },
  {
    ...FINE,
    name: "lost",
    share: 2,
    safety: "lost",
    findings: [differs("safety.daemon", "safety", "active", "lost")],
  },
  { ...FINE, name: "lost and silent", share: 1, safety: "lost", silent: true },
];
