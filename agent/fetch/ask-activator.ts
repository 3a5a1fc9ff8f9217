import { askLine, type Line } from "#agent/link/ask-line.ts";
import {
  type ActivateAnswer,
  type ActivateRequest,
  ANSWER_LIMIT_BYTES,
  activateAnswerSchema,
} from "#core/change/verbs.ts";

/** Looking at the spool means verifying it, on a machine that may be busy. */
const ANSWER_MS = 5 * 60_000;

const SAID = {
  stopped: () => "told to stop",
  silent: () => "the activator does not answer",
  "too-large": () => "the activator's answer is too large",
  unreached: (detail: string) => `the activator cannot be asked: ${detail}`,
} as const satisfies Record<Extract<Line, { ok: false }>["why"], (detail: string) => string>;

/**
 * One question to the activator. What cannot be asked or understood is answered as `failed`, and so is one that `signal` ends: the
 * activator goes on without a listener.
 */
export async function askActivator(
  socketPath: string,
  request: ActivateRequest,
  signal: AbortSignal,
): Promise<ActivateAnswer> {
  const limits = { limitBytes: ANSWER_LIMIT_BYTES, patienceMs: ANSWER_MS, signal };
  const line = await askLine(socketPath, request, limits);
  return line.ok ? parseAnswer(line.text) : failed(SAID[line.why](line.detail));
}

function failed(detail: string): ActivateAnswer {
  return { answer: "failed", detail: detail.slice(0, 1000) };
}

function parseAnswer(text: string): ActivateAnswer {
  try {
    const parsed = activateAnswerSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : failed(`not an answer: ${parsed.error.issues[0]?.message ?? ""}`);
  } catch (error) {
    if (error instanceof SyntaxError) return failed("the answer is not JSON");
    throw error;
  }
}
