import { F01, F14, F15, F16, F17, F18, F20 } from "#demo/fault/closure-faults.ts";
import { F02, F03, F04, F05, F06, F07, F23, F24, F25 } from "#demo/fault/device-faults.ts";
import type { Fault } from "#demo/fault/fault.ts";
import type { FaultId } from "#demo/fault/fault-id.ts";
import { F19, F21, F22, F27, F28 } from "#demo/fault/link-faults.ts";
import { F08, F09, F10, F11, F12, F13, F26 } from "#demo/fault/safety-faults.ts";
import { bootIdOf, type HostState } from "#demo/host/host-state.ts";
import { MODELS } from "#demo/model/model.ts";

export const FAULTS: Record<FaultId, Fault> = {
  F01,
  F02,
  F03,
  F04,
  F05,
  F06,
  F07,
  F08,
  F09,
  F10,
  F11,
  F12,
  F13,
  F14,
  F15,
  F16,
  F17,
  F18,
  F19,
  F20,
  F21,
  F22,
  F23,
  F24,
  F25,
  F26,
  F27,
  F28,
};

/** Whether a host can have this fault: a spectrometer has no e-stop to press. */
export function canHave(state: Pick<HostState, "model">, id: FaultId): boolean {
  return FAULTS[id].needs(MODELS[state.model]);
}

/** The host with that fault since then; one that it has already stays as it is. */
export function withFault(state: HostState, id: FaultId, sinceMs: number): HostState {
  if (state.faults.some(({ fault }) => fault === id)) return state;
  return { ...state, faults: [...state.faults, { fault: id, sinceMs }] };
}

/** The host without its faults; where one of them had it started anew, mending starts it once more. */
export function mended(state: HostState, nowMs: number, ids: readonly FaultId[] | null = null): HostState {
  const gone = state.faults.filter(({ fault }) => ids === null || ids.includes(fault));
  if (gone.length === 0) return state;
  const faults = state.faults.filter((one) => !gone.includes(one));
  if (!gone.some(({ fault }) => FAULTS[fault].reboots)) return { ...state, faults };
  return { ...state, faults, boot: { id: bootIdOf(state.serial, `mended ${nowMs}`), atMs: nowMs } };
}
