import type { Step } from "#core/change/steps.ts";

/** The steps of a change as reliability.md §3.1 names them; `r`: on the way back. */
export const MATRIX_STEPS = [
  ...["META", "PRE", "FETCH", "SYNC", "ARM", "SET", "BOOT", "SWITCH", "PROBE", "CONFIRM", "REPORT"],
  ...["rARM", "rSET", "rSWITCH", "rREPORT"],
] as const;

/** Which of ours do what a step of the catalogue does. META and FETCH are the fetcher's (fetch-cases.ts), a program of its own before any change has begun. */
export const OUR_STEPS: Readonly<Record<string, readonly (Step | "meta" | "fetch")[]>> = {
  META: ["meta"],
  FETCH: ["fetch"],
  SYNC: ["copy", "verify", "keep"],
  PRE: ["staged"],
  ARM: ["armed"],
  SET: ["set"],
  BOOT: ["boot"],
  SWITCH: ["switch", "reboot"],
  PROBE: ["arrived", "restart-agent", "probe"],
  CONFIRM: ["bless", "confirm"],
  REPORT: ["settle"],
  rARM: ["back-arm"],
  rSET: ["back-set"],
  rSWITCH: ["back-boot", "back-switch", "back-reboot"],
  rREPORT: ["back-probe", "back-settle"],
};

/** reliability.md §3.3, word for word: what each fault is to come to in each step; `-`: does not apply. */
export const MATRIX = {
  F1: { fault: "kill -9", cells: "O O O O O B B B B b N B B B B" },
  F2: { fault: "power cut", cells: "O O O O O B B B B b N B B B B" },
  F3: { fault: "network drop", cells: "W W W - - - - n n n W - - - W" },
  F4: { fault: "slow network", cells: "W W W - - - - - - n W - - - W" },
  F5: { fault: "disk full", cells: "O O O O O B B B - B N! B! B! B! B" },
  F6: { fault: "corrupt download", cells: "R - R R - - - - - - - - - - -" },
  F7: { fault: "clock skew", cells: "R - - - o - - - o o o o - - o" },
  F8: { fault: "server lies", cells: "R R R - R - - - - n L - - - L" },
  F9: { fault: "database down", cells: "W - - - - - - - - n W - - - W" },
  F10: { fault: "two commands", cells: "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1" },
  F11: { fault: "boot of the wrong generation", cells: "D - - - - - D D D - D - D D D" },
  F12: { fault: "safety daemon unhealthy", cells: "X X - - - - - B B B D - - A A" },
  F13: { fault: "agent crash-loop", cells: "- - - - - - - B B B - - - A -" },
  F14: { fault: "switch hangs, exits 4 or 100", cells: "- - - - - - B B - - - - - A -" },
  F15: { fault: "EIO, read-only", cells: "O O O O O B! B! B! - B! D A A A D" },
  F16: { fault: "known-good collected or edited", cells: "- X - - X - - - - - D - A A D" },
} as const;
export type FaultId = keyof typeof MATRIX;
export const FAULT_IDS = Object.keys(MATRIX) as FaultId[];

/** Something for some cells, by fault and step. */
export type BySteps<T> = { readonly [F in FaultId]?: Readonly<Record<string, T>> };
