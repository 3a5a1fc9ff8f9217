import { LATE_AFTER_MS, OFFLINE_AFTER_MS } from "#core/protocol/timing.ts";
import { fault } from "#demo/fault/fault.ts";
import { bootIdOf, chassisAddresses } from "#demo/host/host-state.ts";

/** The scanner itself is fine: its clock, its identity, its agent or the way to the server is not. */
const MINUTE_MS = 60_000;

export const F19 = fault("F19", {
  title: "Set the clock wrong",
  sentence: "Its clock is eleven minutes ahead, and chrony reaches no server.",
  word: "unknown",
  move: (state) => ({ ...state, clockOffsetMs: state.clockOffsetMs + 11 * MINUTE_MS }),
  alter: (picture) => {
    picture.clockSynchronised = false;
  },
});

export const F21 = fault("F21", {
  title: "Kill the agent",
  sentence: "The agent is dead and the scanner fine: it falls silent, and offline after three minutes.",
  word: "offline",
  afterMs: OFFLINE_AFTER_MS,
  alter: (picture) => {
    picture.agent = "stopped";
  },
});

export const F22 = fault("F22", {
  title: "Cut a link",
  sentence:
    "The hospital's proxy lets one message through every two minutes: late. After ten minutes it lets none: offline.",
  word: "nominal",
  chip: "late",
  afterMs: LATE_AFTER_MS,
  alter: (picture) => {
    picture.link = "slow";
  },
});

export const F27 = fault("F27", {
  title: "Swap the chassis",
  sentence:
    "A repair put its disk into another scanner's chassis: the identity is the old one, the hardware is not.",
  word: "unknown",
  afterwards: "Its identity stays locked out until an administrator has looked and released it.",
  reboots: true,
  move: (state, { sinceMs }) => ({
    ...state,
    hardware: { ...state.hardware, addresses: chassisAddresses(`other than ${state.serial}`) },
    boot: { id: bootIdOf(state.serial, `chassis ${sinceMs}`), atMs: sinceMs - 2 * MINUTE_MS },
  }),
});

export const F28 = fault("F28", {
  title: "Let a link flap",
  sentence:
    "The link drops for three minutes and returns for half of one, again and again; after three returns it counts as flapping.",
  word: "nominal",
  chip: "flapping",
  afterMs: 13 * MINUTE_MS,
  alter: (picture) => {
    picture.link = "flapping";
  },
});
