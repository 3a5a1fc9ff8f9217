import type { Host } from "#agent/activate/host.ts";
import type { LocalRecords, NewEntry } from "#agent/local/local-records.ts";
import type { Door } from "#core/local/log.ts";
import type { LocalAnswer, LocalRefusal } from "#core/local/verbs.ts";

/** A scanner, what people said there, and through which door this one speaks: root on the command line needs no passcode. */
export type Local = { host: Host; records: LocalRecords; door: Door };

export function refused(reason: LocalRefusal, detail = "", waitMs = 0): LocalAnswer {
  return { answer: "refused", reason, waitMs: Math.trunc(waitMs), detail: detail.slice(0, 1000) };
}

type Told = Pick<NewEntry, "act"> & Partial<NewEntry>;

/** Written down before anything follows from it. */
export function enter({ host, records, door }: Local, told: Told): Promise<void> {
  const entry = { door, result: "done" as const, changeId: null, to: null, text: null, ...told };
  return records.append(entry, host.clock.nowMs());
}
