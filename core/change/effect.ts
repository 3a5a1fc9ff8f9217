/** What is to be done on the host next: at most one thing per step. Repeating one that was done changes nothing. */
export type Effect =
  | { do: "copy"; toplevel: string }
  | { do: "verify"; toplevel: string }
  | { do: "keep"; toplevel: string }
  /** Look at the gates; answers `shut` or `open`. */
  | { do: "look" }
  /** The deadline, milliseconds from now, by the monotonic clock: in a unit that needs nobody of us to be alive. */
  | { do: "arm"; deadlineMs: number }
  | { do: "set"; toplevel: string }
  /** `once`: the entry is for the next boot only and the old one stays default. */
  | { do: "boot"; toplevel: string; once: boolean }
  | { do: "switch"; toplevel: string; limitMs: number }
  /** `once`: by a one-shot entry, so that the next boot after it finds the old generation. */
  | { do: "reboot"; toplevel: string; once: boolean }
  /** The deadline again, milliseconds from now: timers do not survive a boot. */
  | { do: "rearm"; deadlineMs: number }
  | { do: "restart-agent" }
  | { do: "probe" }
  | { do: "bless"; toplevel: string }
  | { do: "confirm" }
  | { do: "settle" }
  /** Ballast freed, deadline for the way back. */
  | { do: "arm-back"; deadlineMs: number }
  | { do: "observe" }
  /** Deadline stopped, the failure remembered against the closure. */
  | { do: "settle-back" };

export type EffectName = Effect["do"];
