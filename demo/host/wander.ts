import { createHash } from "node:crypto";
import type { Wander } from "#demo/model/model.ts";

/** Values move together and rarely: each movement is a report, and a fleet of a thousand must stay an idle one. */
const WANDER_STEP_MS = 8 * 60_000;
const HOUR_MS = 60 * 60_000;

/**
 * Where a slowly wandering value stands: two waves of hours, decided by who and what it is. The same serial, value and time give the
 * same number on every machine; it never leaves middle ± spread.
 */
export function wanderedAt(wander: Wander, who: string, atMs: number): number {
  const { phases, offsetMs } = wavesOf(who);
  const stepMs = Math.floor((atMs + offsetMs) / WANDER_STEP_MS) * WANDER_STEP_MS;
  const turn = (periodMs: number) => (2 * Math.PI * stepMs) / periodMs;
  const wave =
    0.6 * Math.sin(turn(5.3 * HOUR_MS) + phases[0]) + 0.4 * Math.sin(turn(1.7 * HOUR_MS) + phases[1]);
  // JSON knows no -0, so a host publishes none.
  return Number((wander.middle + wander.spread * wave).toFixed(wander.decimals)) + 0;
}

type Waves = { phases: readonly [number, number]; offsetMs: number };
const known = new Map<string, Waves>();

/** All values of one scanner share their step, so that they move in one report. */
function wavesOf(who: string): Waves {
  const found = known.get(who);
  if (found !== undefined) return found;
  const digest = createHash("sha256").update(`wander ${who}`).digest();
  const phase = (at: number) => (digest.readUInt16BE(at) / 65_536) * 2 * Math.PI;
  const serial = createHash("sha256")
    .update(who.slice(0, who.indexOf(" ")))
    .digest();
  const made: Waves = {
    phases: [phase(0), phase(2)],
    offsetMs: (serial.readUInt16BE(0) / 65_536) * WANDER_STEP_MS,
  };
  known.set(who, made);
  return made;
}
