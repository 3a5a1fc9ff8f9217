import * as z from "zod";
import type { Way } from "#core/change/plan.ts";

/**
 * Parts of a system closure that decide whether it can be switched to while the scanner runs (nixos-peers.md L13, L40), each the
 * resolved path of a file in it; null: the closure has none.
 */
export const SWITCH_PARTS = ["kernel", "initrd", "kernel-modules", "systemd", "dbus-unit"] as const;
type SwitchPart = (typeof SWITCH_PARTS)[number];
export type SwitchFacts = Readonly<Record<SwitchPart, string | null>> & {
  toplevel: string;
  /** Of `switch-inhibitors`, NixOS 26.05 and later; null: not there. */
  inhibitors: Readonly<Record<string, string>> | null;
};

/** The file is a JSON map since 26.05; unstable revisions before had plain text, which says nothing that could be compared. */
export const switchInhibitorsSchema = z.record(z.string().max(256), z.string().max(4096));

/** Kernel parts are compared with what was booted, the rest with what runs. */
const OF_BOOTED: readonly SwitchPart[] = ["kernel", "initrd", "kernel-modules"];

/** Why a live switch to `target` is not safe, as the names of what differs; empty: nothing speaks against it. */
export function rebootReasons(target: SwitchFacts, running: SwitchFacts, booted: SwitchFacts): string[] {
  const parts = SWITCH_PARTS.filter(
    (part) => target[part] !== (OF_BOOTED.includes(part) ? booted : running)[part],
  );
  return [...parts, ...inhibitorsThatDiffer(target.inhibitors ?? {}, running.inhibitors ?? {})];
}

/** As switch-to-configuration-ng compares them: an inhibitor counts where both have it and it differs. */
function inhibitorsThatDiffer(
  target: Readonly<Record<string, string>>,
  running: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(target)
    .filter(([name, value]) => Object.hasOwn(running, name) && running[name] !== value)
    .map(([name]) => `inhibitor ${name}`);
}

/** Scanners boot into a change unless their configuration allows more and nothing speaks against it (L9). */
export function wayOf(
  facts: { target: SwitchFacts; running: SwitchFacts; booted: SwitchFacts },
  liveSwitch: boolean,
): Way {
  const { target, running, booted } = facts;
  if (target.toplevel === running.toplevel) return "none";
  return liveSwitch && rebootReasons(target, running, booted).length === 0 ? "live" : "reboot";
}
