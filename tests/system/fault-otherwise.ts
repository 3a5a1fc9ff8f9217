import type { BySteps } from "./fault-matrix.ts";

const KEPT_ROOM = "what lies there to be given back is given back, and the change completes";
const PROVED = "the probation is over: what comes in the instant after it is told, and undoes nothing";
const HELD =
  "it goes back, and is then held until somebody at the scanner or in the portal has looked (ACT-6); only a way back that fails three times is *stuck*";
const NOT_READ =
  "goes back all the same, away from a sick target; that what runs is damaged is told by the daily reading of the closure, and it is held (ACT-6)";

/** Where ours ends otherwise than reliability.md §3.3 wants, and why; beside what a sweep saw. */
export const OTHERWISE: BySteps<string> = {
  F1: {
    SWITCH: "once the reboot was asked for, the boot that follows is the planned one",
    PROBE: "killed alone it is not undone: systemd starts it again, and the probation begins anew",
    CONFIRM: "killed alone it is not undone: what was proved before is recorded after",
  },
  F5: {
    ARM: KEPT_ROOM,
    BOOT: `ESP: B; system disk: ${KEPT_ROOM}`,
    SWITCH: KEPT_ROOM,
    CONFIRM: KEPT_ROOM,
  },
  F12: {
    META: "it is fetched and not begun: X holds from PRE on",
    CONFIRM: PROVED,
    rSWITCH: HELD,
    rREPORT: HELD,
  },
  F13: { CONFIRM: PROVED, rSWITCH: HELD },
  F15: {
    CONFIRM: "until it is recorded: B, by the boot that ends it; once it is: N",
    rARM: `by the boot that ends it; ${HELD}`,
    rSET: `by the boot that ends it; ${HELD}`,
    rSWITCH: `by the boot that ends it; ${HELD}`,
  },
  F16: {
    ARM: "collected: our own root keeps it; edited: PRE reads it once a boot and day, ARM not again",
    rSET: NOT_READ,
    rSWITCH: NOT_READ,
  },
};
