import { consider } from "#agent/activate/consider.ts";
import { EarlyCopy } from "#agent/activate/early-copy.ts";
import type { Host } from "#agent/activate/host.ts";
import { type Served, serveLines } from "#agent/activate/line-server.ts";
import { note, tryLock } from "#agent/activate/machine.ts";
import { statusOf } from "#agent/activate/status.ts";
import { messageOf } from "#agent/link/durable.ts";
import {
  type ActivateAnswer,
  type ActivateRequest,
  activateRequestSchema,
  REQUEST_LIMIT_BYTES,
} from "#core/change/verbs.ts";

/** Answers the agent's half, until nobody has asked for a while and nothing is copied ahead any more. */
export function serve(host: Host, served: Served = {}): Promise<void> {
  const early = new EarlyCopy(host);
  return serveLines<ActivateRequest, ActivateAnswer>({
    ...served,
    limitBytes: REQUEST_LIMIT_BYTES,
    request: activateRequestSchema,
    answer: (request) => answerTo(host, request, early),
    wrong: wrong("not one of the verbs"),
    isBusy: () => early.busy,
  });
}

function wrong(detail: string): ActivateAnswer {
  return { answer: "failed", detail: detail.slice(0, 1000) };
}

/** One request, answered. A defect is told and logged; it never ends the program with half an answer. */
export async function answerTo(
  host: Host,
  request: ActivateRequest,
  early: Pick<EarlyCopy, "look" | "hold">,
): Promise<ActivateAnswer> {
  try {
    switch (request.verb) {
      case "consider": {
        // The change's own unit copies what is left, and never at the same time.
        await early.hold();
        const answer = await consider(host);
        if (answer.answer === "need-paths") early.look();
        return answer;
      }
      case "status":
        return await statusOf(host);
      case "fetched":
        early.look();
        return await noteFetched(host, request);
    }
  } catch (error) {
    host.log(`${request.verb}: ${messageOf(error)}`);
    return wrong(messageOf(error));
  }
}

async function noteFetched(
  host: Host,
  { bytes, totalBytes }: Extract<ActivateRequest, { verb: "fetched" }>,
): Promise<ActivateAnswer> {
  const unlock = await tryLock(host, 0);
  if (unlock === null) return statusOf(host);
  try {
    await note(host, await host.records.journal(), { kind: "fetched", bytes, totalBytes });
  } finally {
    await unlock();
  }
  return statusOf(host);
}
