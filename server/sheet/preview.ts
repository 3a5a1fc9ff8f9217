import { createHash } from "node:crypto";
import { canonicalJson } from "#core/report/digest.ts";
import type { SheetChange, SheetProblem } from "#core/sheet/problem.ts";
import { Refusal } from "#server/refusal.ts";
import type { SheetPreview } from "./view.ts";

/** What a person reads before they decide; the numbers beside them are of all. */
const SHOWN = 500;

type Plan = {
  changes: readonly SheetChange[];
  unchanged: number;
  unknownColumns: string[];
  problems: readonly SheetProblem[];
};

export function previewOf(plan: Plan): SheetPreview {
  return {
    changes: plan.changes.slice(0, SHOWN).map(({ line, about, isNew, fields }) => ({
      line,
      about,
      isNew,
      fields,
    })),
    changed: plan.changes.length,
    unchanged: plan.unchanged,
    unknownColumns: plan.unknownColumns,
    problems: plan.problems.slice(0, SHOWN),
    wrong: wrongLines(plan),
    planDigest: digestOf(plan),
  };
}

export const wrongLines = ({ problems }: Pick<Plan, "problems">) =>
  new Set(problems.map(({ line }) => line)).size;

function digestOf({ changes, problems }: Plan): string {
  return createHash("sha256").update(canonicalJson({ changes, problems })).digest("hex");
}

export type Agreed = { planDigest: string; goodLinesOnly: boolean };

/** What is written is what the person was shown, and nothing is as long as a line is wrong and they did not choose the good ones. */
export function requireAgreed(plan: Plan, agreed: Agreed): void {
  if (digestOf(plan) !== agreed.planDigest) throw new Refusal("sheet-moved-on");
  const problems = wrongLines(plan);
  if (problems > 0 && !agreed.goodLinesOnly) throw new Refusal("sheet-has-problems", { problems });
  if (plan.changes.length === 0) throw new Refusal("nothing-to-change");
}
