import { posix } from "node:path";
import { CLOSURE_FACTS_FILE, MODULE_INDEX_FILE, VERIFICATION_FILE } from "#agent/facts/facts-file.ts";
import type { System } from "#agent/system.ts";
import { LOCAL_FILE } from "#core/local/log.ts";
import { CHANGE_FILE } from "#core/report/change-kind.ts";
import type { CollectOptions, Source } from "./probe.ts";

/** Several changes at once are one report: a switch touches links, profile and units within a second. */
const DEBOUNCE_MS = 300;
/** Publishers in facts.d rename every second, and a report for each would be most of what a scanner says. */
const PROVIDED_EVERY_MS = 3_000;
/** A folder that was not there, or went away, is looked for again. */
const REATTACH_MS = 30_000;

type Watched = { folder: string; why: (name: string) => Why | null };
type Why =
  | "closures"
  | "generations"
  | "provided"
  | "facts-program"
  | "change"
  | "devices"
  | "run-folder"
  | "safety-socket";

/** Everything that can say "look again": links, profiles, facts.d, the safety daemon and systemd. Returns the way to stop. */
export function watchHost(
  source: Omit<Source, "note" | "noted">,
  changed: (why: string) => void,
  scanning: () => boolean,
): () => void {
  const soon = debounce(changed);
  let wasScanning = scanning();
  let providedMs = Number.NEGATIVE_INFINITY;
  const provided = () => {
    const nowMs = performance.now();
    const waitMs = providedWaitMs(nowMs, providedMs);
    // A change that joins one already waiting does not move it.
    providedMs = Math.max(providedMs, nowMs + waitMs);
    soon("provided", waitMs);
  };
  const folders = watchFolders(source.system, source.options, (why) => {
    if (why === "devices") source.hotplug.count += 1;
    if (why === "safety-socket") source.safety.poke();
    else if (why === "provided") provided();
    else soon(why, DEBOUNCE_MS);
  });
  source.safety.start(() => {
    const isNow = scanning();
    // What was skipped during the scan is due now.
    soon(wasScanning && !isNow ? "scan-ended" : "safety", DEBOUNCE_MS);
    wasScanning = isNow;
  });
  // While scanning, systemd is not asked (SEE-17); the end of the scan makes up for what it said meanwhile.
  source.units.start(() => {
    if (!scanning()) soon("units", DEBOUNCE_MS);
  });
  return () => {
    soon.stop();
    folders();
    source.safety.stop();
    source.units.stop();
  };
}

/**
 * How long a change in facts.d waits, when the last one was or will be told at `lastMs`: after a quiet time it goes as fast as any
 * other (five seconds to the page, SEE-14), while a publisher that writes every second is told of every three.
 */
export function providedWaitMs(nowMs: number, lastMs: number): number {
  if (lastMs > nowMs) return lastMs - nowMs;
  return Math.max(DEBOUNCE_MS, lastMs + PROVIDED_EVERY_MS - nowMs);
}

function debounce(changed: (why: string) => void) {
  let timer: NodeJS.Timeout | null = null;
  let dueMs = 0;
  const soon = (why: string, waitMs: number) => {
    const at = performance.now() + waitMs;
    // The first reason names the change; a more urgent one may only bring it forward.
    if (timer !== null && dueMs <= at) return;
    if (timer !== null) clearTimeout(timer);
    dueMs = at;
    timer = setTimeout(() => {
      timer = null;
      changed(why);
    }, waitMs);
  };
  soon.stop = () => {
    if (timer !== null) clearTimeout(timer);
  };
  return soon;
}

function watchedFolders({ runDir, profiles, safetySocket }: CollectOptions): Watched[] {
  const socketName = posix.basename(safetySocket);
  return [
    { folder: "/run", why: (name) => (/^(current|booted)-system$/.test(name) ? "closures" : null) },
    { folder: profiles, why: (name) => (/^system(-[0-9]+-link)?$/.test(name) ? "generations" : null) },
    { folder: runDir, why: runFolderChange },
    { folder: posix.dirname(safetySocket), why: (name) => (name === socketName ? "safety-socket" : null) },
    { folder: posix.join(runDir, "facts.d"), why: factsChange },
    { folder: UDEV_DATA, why: (name) => (DEVICE_RECORD.test(name) ? "devices" : null) },
  ];
}

/** udev renames its record of a device into place when it came, changed its driver or went (systemd, sd-device). */
const UDEV_DATA = "/run/udev/data";
/** Records of PCI and USB devices and of character nodes; disks and network cards change theirs all the time. */
const DEVICE_RECORD = /^(\+pci:|\+usb:|c[0-9]+:)/;

function runFolderChange(name: string): Why | null {
  if (name === "facts.d") return "run-folder";
  return name === CHANGE_FILE || name === LOCAL_FILE ? "change" : null;
}

const FACTS_PROGRAM = [CLOSURE_FACTS_FILE, VERIFICATION_FILE, MODULE_INDEX_FILE].map((path) =>
  posix.basename(path),
);

function factsChange(name: string): Why | null {
  if (FACTS_PROGRAM.includes(name)) return "facts-program";
  // Names with a dot in front or without the ending are files on their way to being renamed in.
  return name.endsWith(".json") && !name.startsWith(".") ? "provided" : null;
}

/** inotify on each folder; one that is missing or was replaced is attached again when its parent speaks, or after a while. */
function watchFolders(system: System, options: CollectOptions, changed: (why: Why) => void): () => void {
  const watched = watchedFolders(options);
  const stops = new Map<Watched, () => void>();
  const detach = (one: Watched) => {
    stops.get(one)?.();
    stops.delete(one);
  };
  const attach = () => {
    for (const one of watched) {
      if (stops.has(one)) continue;
      const attached = system.watch(one.folder, (name) => {
        // A removed folder reports its own name, a broken watch none: both end this watch.
        if (name === "" || name === posix.basename(one.folder)) detach(one);
        const why = one.why(name);
        if (why === null) return;
        if (why === "run-folder") reattachFacts();
        changed(why);
      });
      if (attached.ok) stops.set(one, attached.value);
    }
  };
  const reattachFacts = () => {
    for (const one of watched) if (one.folder.endsWith("/facts.d")) detach(one);
    attach();
  };
  attach();
  const timer = setInterval(attach, REATTACH_MS);
  return () => {
    clearInterval(timer);
    for (const one of watched) detach(one);
  };
}
