import { questionText } from "#core/ask/question.ts";
import type { AskHit } from "#server/ask/view.ts";

/** The question that a suggestion stands for. */
export function hitText({ kind, name, value }: AskHit): string {
  return questionText({ kind, name, test: value === null ? null : { op: "=", value } });
}
