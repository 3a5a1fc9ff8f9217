import type { CodeOf } from "#core/message/catalogue.ts";
import type { Reason } from "#core/report/fact.ts";

/** What is wrong with one line of a sheet, and where: the line as an editor counts it, from 1. */
export type SheetProblem = { line: number; column: string | null; reason: Reason };

export function problem(
  at: { line: number; column?: string },
  code: CodeOf<"sheet">,
  params?: Reason["params"],
): SheetProblem {
  const reason = params === undefined ? { code } : { code, params };
  return { line: at.line, column: at.column ?? null, reason };
}

/** How much of somebody's text a sentence repeats. */
export const shown = (text: string) => text.slice(0, 80);

/** One line that would change something: a field's text before and after; null: nothing there. */
export type SheetChange = {
  line: number;
  /** What the line is about: a serial, the name of a site. */
  about: string;
  isNew: boolean;
  fields: { field: string; from: string | null; to: string | null }[];
};
