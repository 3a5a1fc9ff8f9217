import type { Host } from "#agent/activate/host.ts";
import { type Served, serveLines } from "#agent/activate/line-server.ts";
import { messageOf } from "#agent/link/durable.ts";
import type { Local } from "#agent/local/act.ts";
import { consent, hold, release, report } from "#agent/local/acts.ts";
import { answerPreflight, goBack } from "#agent/local/go-back.ts";
import { localRecords } from "#agent/local/local-records.ts";
import { localStatus } from "#agent/local/status.ts";
import type { Door } from "#core/local/log.ts";
import {
  LOCAL_REQUEST_BYTES,
  type LocalAnswer,
  type LocalRequest,
  localRequestSchema,
} from "#core/local/verbs.ts";

export function localOf(host: Host, door: Door): Local {
  return { host, door, records: localRecords(host) };
}

/** Answers the scanner's own page, in a process of its own: looking never waits for a change that is being considered. */
export function serveLocal(host: Host, served: Served = {}): Promise<void> {
  const local = localOf(host, "page");
  return serveLines<LocalRequest, LocalAnswer>({
    ...served,
    limitBytes: LOCAL_REQUEST_BYTES,
    request: localRequestSchema,
    answer: (request) => answerLocal(local, request),
    wrong: { answer: "failed", detail: "not one of the verbs" },
  });
}

/** One request, answered. A defect is told and logged; it never ends the program with half an answer. */
async function answerLocal(local: Local, request: LocalRequest): Promise<LocalAnswer> {
  try {
    return await answerTo(local, request);
  } catch (error) {
    local.host.log(`${request.verb}: ${messageOf(error)}`);
    return { answer: "failed", detail: messageOf(error).slice(0, 1000) };
  }
}

async function answerTo(local: Local, request: LocalRequest): Promise<LocalAnswer> {
  const { records } = local;
  switch (request.verb) {
    case "status":
      return await localStatus(local);
    case "preflight":
      return await answerPreflight(local, request.to);
    case "consent":
      return await records.alone(() => consent(local, request));
    case "hold":
      return await records.alone(() => hold(local, request));
    case "release":
      return await records.alone(() => release(local, request));
    case "report":
      return await records.alone(() => report(local, request));
    case "rollback":
      return await records.alone(() => goBack(local, request));
  }
}
