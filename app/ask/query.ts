import * as z from "zod";
import { MAX_QUESTION, parseQuestion } from "#core/ask/question.ts";

/** What a page of questions is about: null: nothing was asked yet. */
export type AskQuery = { text: string; when: "now" | "ever" } | null;

const first = (value: unknown) => (Array.isArray(value) ? value[0] : value);
const search = z.object({
  q: z.preprocess(first, z.string().trim().max(MAX_QUESTION)).catch(""),
  when: z.preprocess(first, z.enum(["now", "ever"])).catch("now"),
});

/** Reads the question from the address. */
export function readAskQuery(raw: Readonly<Record<string, unknown>>): AskQuery {
  const { q, when } = search.parse({ q: raw.q, when: raw.when });
  return parseQuestion(q) === null ? null : { text: q, when };
}
