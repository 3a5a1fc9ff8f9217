import type { RefusalReason, TrustRefusal } from "#core/trust/attack.ts";
import { type Instruction, isPardon, LONGEST_INSTRUCTION_MS } from "#core/trust/instruction.ts";
import type { Matched } from "#core/trust/match.ts";

/** What this scanner knows of itself when an instruction arrives. */
export type Here = {
  nowMs: number;
  /** The last instruction that was accepted, durably kept: its number and its text (`instructionText`). Null: none ever. */
  last: { seq: number; text: string } | null;
  /** The signed release that runs. Null: none that this scanner knows of, so every release is forward. */
  running: { release: string; counter: number } | null;
  /** Toplevels that were confirmed on this scanner. */
  confirmed: readonly string[];
  /** Toplevels that failed here and are not tried again. */
  blocked: readonly string[];
  /** Held since it went back by itself (ACT-6). */
  held: boolean;
};

/** Two clocks that are both right may differ by this. */
const CLOCK_SLACK_MS = 5 * 60_000;

/** One spelling per instruction, to be kept and compared. */
export function instructionText(instruction: Instruction): string {
  return JSON.stringify(instruction);
}

type Rule = (matched: Matched, here: Here) => readonly [RefusalReason, string] | null;

/**
 * Why this scanner does not take an instruction that both repositories agree on; null: it may. The first rule that speaks wins, so
 * they stand in the order of what tells most: what is wrong with the instruction whoever it is for, then its place in the
 * sequence, then what the release is, then what this scanner is.
 */
export function refuseInstruction(matched: Matched, here: Here): TrustRefusal | null {
  const pardon = isPardon(matched.instruction.action);
  for (const rule of pardon ? SEQUENCE : [...SEQUENCE, ...CHANGES]) {
    const found = rule(matched, here);
    if (found !== null) return { refused: found[0], where: "instruction", detail: found[1] };
  }
  return null;
}

/** Of every instruction. */
const SEQUENCE: readonly Rule[] = [tooLong, replayed, sameSequence, expired];

/** Of one that brings a release here; a pardon brings nothing, and may be about a release that was withdrawn meanwhile. */
const CHANGES: readonly Rule[] = [belowFloor, neverConfirmed, withdrawn, older, blocked, heldBack];

function tooLong({ instruction }: Matched, { nowMs }: Here) {
  const { action, notBeforeMs, notAfterMs } = instruction;
  const longest = LONGEST_INSTRUCTION_MS[action];
  const lasts = Math.max(notAfterMs - notBeforeMs, notAfterMs - nowMs - CLOCK_SLACK_MS);
  if (lasts <= longest && notAfterMs >= notBeforeMs) return null;
  return ["instruction-too-long", `from ${notBeforeMs} to ${notAfterMs}, at most ${longest} ms`] as const;
}

function replayed({ instruction }: Matched, { last }: Here) {
  if (last === null || instruction.seq >= last.seq) return null;
  return ["replayed", `number ${instruction.seq} after ${last.seq}`] as const;
}

/** The same words under the same number are the same instruction, fetched again. */
function sameSequence({ instruction }: Matched, { last }: Here) {
  if (last?.seq !== instruction.seq || last.text === instructionText(instruction)) return null;
  return ["same-sequence", `another instruction had number ${last.seq}`] as const;
}

/** Tested when an instruction is accepted, never after ARM (decisions.md). One that was accepted in time stays accepted. */
function expired({ instruction }: Matched, { nowMs, last }: Here) {
  if (nowMs <= instruction.notAfterMs || last?.seq === instruction.seq) return null;
  return ["instruction-expired", `at ${instruction.notAfterMs}, now ${nowMs}`] as const;
}

function belowFloor({ custom, floor }: Matched) {
  return custom.counter < floor ? (["below-floor", `${custom.counter} below ${floor}`] as const) : null;
}

/** Back means: to what this very scanner has proved (E-06). */
function neverConfirmed({ instruction }: Matched, { confirmed }: Here) {
  if (instruction.action !== "rollback" || confirmed.includes(instruction.toplevel)) return null;
  return ["never-confirmed-here", instruction.toplevel] as const;
}

/** Nothing goes forward to a withdrawn release; going back to one is what its floor decides. */
function withdrawn({ instruction, custom }: Matched) {
  if (instruction.action === "rollback" || custom.withdrawn === null) return null;
  return ["withdrawn", custom.withdrawn] as const;
}

function older({ instruction, custom }: Matched, { running }: Here) {
  if (instruction.action === "rollback" || running === null) return null;
  if (custom.counter > running.counter || instruction.release === running.release) return null;
  return ["older-release", `${custom.counter} is not above ${running.counter}, which runs`] as const;
}

function blocked({ instruction }: Matched, { blocked: refused }: Here) {
  return refused.includes(instruction.toplevel) ? (["blocked-here", instruction.toplevel] as const) : null;
}

/** Nothing new while held; back to what was confirmed is always the safer place (decision 0026). */
function heldBack({ instruction }: Matched, { held }: Here) {
  if (!held || instruction.action === "rollback") return null;
  return ["held", "it went back by itself and was not released since"] as const;
}
