import { carryOn } from "#agent/activate/machine.ts";
import { enter, type Local, refused } from "#agent/local/act.ts";
import { refuseWrongPasscode } from "#agent/local/check-passcode.ts";
import { freeze } from "#agent/local/freeze.ts";
import { STEP_PHASES } from "#core/change/steps.ts";
import { toldOf } from "#core/change/told.ts";
import type { Choice } from "#core/local/choice.ts";
import { isTooMany, type LocalAct, plainText } from "#core/local/log.ts";
import type { LocalAnswer } from "#core/local/verbs.ts";
import { choose } from "#core/local/wishes.ts";

/** What a person at the scanner may do beside going back (LOC-1). Each is one entry in the scanner's own log. */

const CONSENT_ACTS = {
  now: "consent-now",
  tonight: "consent-tonight",
  "not-today": "not-today",
} as const satisfies Record<Choice, LocalAct>;

/** `not-today` only delays, and is free; what lets a change begin is not. */
export async function consent(
  local: Local,
  { changeId, choice, passcode }: { changeId: string; choice: Choice; passcode: string },
): Promise<LocalAnswer> {
  const { host, records } = local;
  const journal = await host.records.journal();
  if (journal.step === "rest" || STEP_PHASES[journal.step] !== "before" || journal.plan.changeId !== changeId)
    return refused("nothing-waits");
  const no = choice === "not-today" ? await refuseFlood(local) : await refuseStranger(local, passcode);
  if (no !== null) return no;
  const act = CONSENT_ACTS[choice];
  await enter(local, { act, changeId, to: journal.plan.release ?? journal.plan.toplevel });
  const { hold } = await host.records.wishes();
  const moment = { nowMs: host.clock.nowMs(), localMinute: host.clock.localMinute() };
  await records.saveWishes({ hold, chosen: choose(changeId, choice, moment) });
  if (choice !== "not-today") await host.records.consent(changeId);
  host.log(`${act} ${changeId}`);
  await carryOn(host, journal);
  return { answer: "done", act };
}

/** No change begins until somebody releases it, whoever asks from outside; going back from here stays possible. */
export async function hold(local: Local, { reason }: { reason: string }): Promise<LocalAnswer> {
  const { host, records } = local;
  const text = plainText(reason);
  if (text === null) return refused("no-text");
  const no = await refuseFlood(local);
  if (no !== null) return no;
  await enter(local, { act: "hold", text });
  const { hold: before, chosen } = await host.records.wishes();
  const sinceMs = before?.sinceMs ?? host.clock.nowMs();
  await records.saveWishes({ hold: { sinceMs, reason: text }, chosen });
  host.log(`held: ${text}`);
  return { answer: "done", act: "hold" };
}

export async function release(
  local: Local,
  { reason, passcode }: { reason: string; passcode: string },
): Promise<LocalAnswer> {
  const { host, records } = local;
  const text = plainText(reason);
  if (text === null) return refused("no-text");
  const { hold: before, chosen } = await host.records.wishes();
  const held = await host.records.held();
  if (before === null && held === null) return refused("not-held");
  const no = await refuseStranger(local, passcode);
  if (no !== null) return no;
  await enter(local, { act: "release", changeId: held?.changeId ?? null, text });
  if (before !== null) await records.saveWishes({ hold: null, chosen });
  if (held !== null) await host.records.saveReleased(held.changeId);
  host.log(`released: ${text}`);
  const journal = await host.records.journal();
  await host.records.tell(toldOf(journal));
  await carryOn(host, journal);
  return { answer: "done", act: "release" };
}

/** Kept here and delivered when the server is reached; the report that brings it carries the facts of that moment, `to` names what was frozen. */
export async function report(local: Local, { text: typed }: { text: string }): Promise<LocalAnswer> {
  const text = plainText(typed);
  if (text === null) return refused("no-text");
  const no = await refuseFlood(local);
  if (no !== null) return no;
  await enter(local, { act: "report", to: await freeze(local), text });
  return { answer: "done", act: "report" };
}

async function refuseFlood({ host, records, door }: Local): Promise<LocalAnswer | null> {
  if (door !== "page") return null;
  return isTooMany(await records.entries(), host.clock.nowMs()) ? refused("too-many") : null;
}

/** A page that was taken over knows no passcode (LOC-1). */
export async function refuseStranger(local: Local, passcode: string): Promise<LocalAnswer | null> {
  const { host, records, door } = local;
  if (door !== "page") return null;
  const wrong = await refuseWrongPasscode(records, passcode, host.clock.nowMs());
  if (wrong === null) return null;
  if (wrong.reason === "wrong-passcode") await enter(local, { act: "passcode-refused", result: "refused" });
  return refused(wrong.reason, "", wrong.waitMs);
}
