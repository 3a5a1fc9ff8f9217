import type { LocalRecords } from "#agent/local/local-records.ts";
import { hashPasscode, isPasscode, PASSCODE_LENGTH } from "#agent/local/passcode.ts";
import { counted, NO_ATTEMPTS, waitMs } from "#core/local/attempts.ts";
import type { LocalRefusal } from "#core/local/verbs.ts";

/** Null: the passcode is the one. Each try is counted before it is looked at, so that killing the program in between gives none back. */
export async function refuseWrongPasscode(
  records: LocalRecords,
  passcode: string,
  nowMs: number,
): Promise<{ reason: LocalRefusal; waitMs: number } | null> {
  const kept = await records.passcode();
  if (kept === null) return { reason: "no-passcode", waitMs: 0 };
  const before = await records.attempts();
  const leftMs = waitMs(before, nowMs);
  if (leftMs > 0) return { reason: "wait", waitMs: leftMs };
  const now = counted(before, nowMs);
  await records.saveAttempts(now);
  if (await isPasscode(kept, passcode)) {
    await records.saveAttempts(NO_ATTEMPTS);
    return null;
  }
  return { reason: "wrong-passcode", waitMs: waitMs(now, nowMs) };
}

/** By root; also ends the waiting that wrong guesses began. Throws nothing but what the disk says; a bad passcode is an answer. */
export async function setPasscode(
  records: LocalRecords,
  passcode: string,
  nowMs: number,
): Promise<{ ok: true } | { ok: false; problem: string }> {
  const { least, most } = PASSCODE_LENGTH;
  if (passcode.length < least || passcode.length > most)
    return { ok: false, problem: `A passcode has ${least} to ${most} characters.` };
  await records.append(
    { act: "passcode-set", door: "command", result: "done", changeId: null, to: null, text: null },
    nowMs,
  );
  await records.savePasscode(await hashPasscode(passcode, nowMs));
  await records.saveAttempts(NO_ATTEMPTS);
  return { ok: true };
}
