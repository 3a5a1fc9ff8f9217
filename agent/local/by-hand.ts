import { createInterface } from "node:readline";
import { ActivateError } from "#agent/activate/activate-error.ts";
import type { Host } from "#agent/activate/host.ts";
import { liftBlock, type RollbackAsk, rollback } from "#agent/activate/local.ts";
import type { Options } from "#agent/activate/options.ts";
import { enter } from "#agent/local/act.ts";
import { consent, hold, release, report } from "#agent/local/acts.ts";
import { setPasscode } from "#agent/local/check-passcode.ts";
import { localOf } from "#agent/local/serve-local.ts";
import type { Journal } from "#core/change/journal.ts";
import type { LocalAnswer, LocalRefusal } from "#core/local/verbs.ts";

/** The command line's own words: root on the scanner does what its page does, without a passcode, and is entered in the same log. */
type Verb = (host: Host, options: Options) => Promise<number>;

const DONE = 0;

const WHY = {
  "no-passcode": "no passcode is set",
  "wrong-passcode": "that is not the passcode",
  wait: "too many wrong passcodes; wait",
  "too-many": "too much was entered within the hour",
  "no-text": "a text is needed",
  "nothing-waits": "there is no such change here that could be agreed to",
  "not-held": "this scanner is not held",
  "never-confirmed": "that was never confirmed on this scanner",
  check: "a check does not pass",
  busy: "another change is just being carried out",
} as const satisfies Record<LocalRefusal, string>;

function done(answer: LocalAnswer): number {
  if (answer.answer !== "refused") return DONE;
  throw new ActivateError(
    "refused",
    `${WHY[answer.reason]}${answer.detail === "" ? "" : ` (${answer.detail})`}.`,
  );
}

export const LOCAL_VERBS = {
  consent: (host, { change, choice }) => {
    const here = localOf(host, "command");
    return here.records.alone(async () =>
      done(await consent(here, { changeId: change, choice, passcode: "" })),
    );
  },
  hold: (host, { reason }) => {
    const here = localOf(host, "command");
    return here.records.alone(async () => done(await hold(here, { reason })));
  },
  "release-hold": (host, { reason }) => {
    const here = localOf(host, "command");
    return here.records.alone(async () => done(await release(here, { reason, passcode: "" })));
  },
  report: (host, { text }) => {
    const here = localOf(host, "command");
    return here.records.alone(async () => done(await report(here, { text })));
  },
  unblock: async (host, { to, reason }) => {
    const here = localOf(host, "command");
    await here.records.alone(() => enter(here, { act: "unblock", to, text: reason.slice(0, 1000) }));
    await liftBlock(host, to, reason);
    return DONE;
  },
  passcode: async (host) => {
    const here = localOf(host, "command");
    const passcode = await firstLine();
    const set = await here.records.alone(() => setPasscode(here.records, passcode, host.clock.nowMs()));
    if (!set.ok) throw new ActivateError("refused", set.problem);
    return DONE;
  },
} as const satisfies Partial<Record<Options["verb"], Verb>>;
export type LocalVerb = keyof typeof LOCAL_VERBS;

/** By root on the command line; entered before it begins, and once more when it could not. */
export async function enteredRollback(host: Host, ask: RollbackAsk): Promise<Journal> {
  const here = localOf(host, "command");
  const told = { act: "rollback", to: ask.to.slice(0, 512), text: ask.reason.slice(0, 1000) } as const;
  await here.records.alone(() => enter(here, told));
  try {
    return await rollback(host, { ...ask, door: "command" });
  } catch (error) {
    if (!(error instanceof ActivateError)) throw error;
    const text = error.message.slice(0, 1000);
    await here.records.alone(() => enter(here, { ...told, result: "refused", text }));
    throw error;
  }
}

/** Never an argument: those are there for every process of the machine to read. */
async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return "";
}
