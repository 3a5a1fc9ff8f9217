import { askLine } from "#agent/link/ask-line.ts";
import {
  LOCAL_ANSWER_BYTES,
  type LocalAnswer,
  type LocalRequest,
  localAnswerSchema,
} from "#core/local/verbs.ts";

/** A way back may wait for a change that lets go of the journal. */
const ANSWER_MS = 60_000;

export type AskLocal = (request: LocalRequest) => Promise<LocalAnswer | null>;

/** One question to the activator; null: it does not answer, or not in its own words. */
export function askLocal(socketPath: string): AskLocal {
  const limits = { limitBytes: LOCAL_ANSWER_BYTES, patienceMs: ANSWER_MS };
  return async (request) => {
    const line = await askLine(socketPath, request, limits);
    return line.ok ? parsed(line.text) : null;
  };
}

function parsed(line: string): LocalAnswer | null {
  try {
    const answer = localAnswerSchema.safeParse(JSON.parse(line));
    return answer.success ? answer.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
