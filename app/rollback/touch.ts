import type { ScannerPage } from "#server/scanner/view.ts";

/** What a person must know before touching the machine, by its daemon's present word. Null: not known, and never "no" (SEE-14). */
export type Touch = { energised: boolean | null; scan: string | null };

type Seen = Pick<ScannerPage, "axes" | "safety">;

/** Only a daemon that is connected, on a scanner that is heard, speaks of the present. */
export function touchOf({ axes, safety }: Seen): Touch {
  const heard = axes.link.value === "live" || axes.link.value === "late";
  if (!heard || safety?.state !== "observed" || safety.value.link !== "connected")
    return { energised: null, scan: null };
  const { last } = safety.value;
  if (last === null) return { energised: null, scan: null };
  return { energised: last.energised, scan: last.scanState === "unknown" ? null : last.scanState };
}
