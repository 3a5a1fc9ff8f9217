import type { SwitchResult } from "#core/change/event.ts";

/** EAGAIN: somebody else switches this host. The script does not wait (L12). */
export const LOCK_TAKEN = 11;

export type SwitchVerdict =
  /** Running the target, as far as the script can tell; the probation finds out. */
  | { kind: "switched" }
  | { kind: "needs-reboot" }
  | { kind: "failed"; detail: string }
  /** Somebody else switched all the time: nothing of it was begun. */
  | { kind: "locked"; detail: string };

/**
 * What an exit status of `switch-to-configuration switch` means (switch-to-configuration-ng, src/main.rs). 0: done. 1: the pre-switch
 * check or the boot loader said no. 11: somebody else has the lock. 2: the activation script failed. 4: switched, but some unit failed or is waiting to be
 * started again; units that had failed before are no fault of this closure. 100: this init cannot take over, boot instead. 101: it
 * panicked. Null: killed, or over its time. A status is never a result: even 0 only begins the probation.
 */
export function judgeSwitch({ status, newlyFailed }: SwitchResult): SwitchVerdict {
  switch (status) {
    case 0:
      return { kind: "switched" };
    case 100:
      return { kind: "needs-reboot" };
    case 4:
      return newlyFailed.length === 0
        ? { kind: "switched" }
        : { kind: "failed", detail: `units failed: ${newlyFailed.join(" ")}`.slice(0, 1000) };
    case LOCK_TAKEN:
      return { kind: "locked", detail: "another program holds the lock of the switch" };
    case null:
      return { kind: "failed", detail: "the switch was killed or did not end in time" };
    default:
      return { kind: "failed", detail: `the switch ended with status ${status}` };
  }
}
