/**
 * The steps of a change as the journal knows them (architecture.md §6; reliability.md §3.1 in capitals). A step in the journal means:
 * what it does may have begun. `before`: nothing on the scanner differs yet, so an interruption leaves the old generation. `armed`: an
 * interruption goes back, except where the table of `decide` says otherwise. `back`: an interruption goes on going back.
 */
export const STEP_PHASES = {
  /** Nothing is under way; the last outcome is remembered. */
  rest: "rest",
  /** META, FETCH: accepted, files are missing. */
  offered: "before",
  /** SYNC: from the spool into the store. */
  copy: "before",
  /** SYNC: every path against the signed list. */
  verify: "before",
  /** SYNC: our own GC root, and the file system synced. */
  keep: "before",
  /** PRE: on disk and proved; waits for its gates, or for ever when only staging was asked. */
  staged: "before",
  /** ARM: the way back is recorded, the deadline runs. */
  armed: "armed",
  /** SET: the system profile. */
  set: "armed",
  /** BOOT: boot entry of the target, for one boot. */
  boot: "armed",
  /** SWITCH. */
  switch: "armed",
  /** SWITCH by booting. */
  reboot: "armed",
  /** Booted into the target as planned: the deadline runs anew, because its clock began with the boot. */
  arrived: "armed",
  /** The agent is started anew on purpose, so that the new one proves itself. */
  "restart-agent": "armed",
  /** PROBE: the health contract. */
  probe: "armed",
  /** CONFIRM, first half: the target becomes what the boot loader starts. */
  bless: "armed",
  /** CONFIRM, second half: from here on the target stays. */
  confirm: "confirmed",
  /** REPORT: deadline stopped, old roots dropped. */
  settle: "confirmed",
  "back-arm": "back",
  "back-set": "back",
  "back-boot": "back",
  "back-switch": "back",
  "back-reboot": "back",
  "back-probe": "back",
  "back-settle": "back",
  /** The way back failed: an alarm, and a person. The journal keeps what it knows. */
  stuck: "stuck",
} as const;

export type Step = keyof typeof STEP_PHASES;
export const STEPS = Object.keys(STEP_PHASES) as [Step, ...Step[]];
