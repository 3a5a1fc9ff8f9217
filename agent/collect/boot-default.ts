import { posix } from "node:path";
import { CLOSURE_FACTS_FILE, closureFactsSchema } from "#agent/facts/facts-file.ts";
import { type Unknown, unknown } from "#core/report/fact.ts";
import { systemOfEntry } from "./boot-entry.ts";
import { readFactsFile } from "./facts-program.ts";
import type { Source } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

/** Where the EFI system partition is mounted (NixOS `boot.loader.efi.efiSysMountPoint`, in order of use). */
const ESP_MOUNTS = ["/boot", "/boot/efi", "/efi"];
/** Vendor id of systemd-boot's variables (Boot Loader Interface). */
const LOADER_VARIABLES = "/sys/firmware/efi/efivars";
const LOADER_GUID = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
const ENTRY_BYTES = 64 * 1024;

export type BootDefault = { path: string; entry: string } | Unknown;

/**
 * SEE-1 "next boot": what the boot loader starts if nobody presses a key. The ESP is read directly where this user may (a change
 * of it is then seen at once), else from the file of fiducial-facts, which runs as root.
 */
export async function readBootDefault(source: Source): Promise<BootDefault> {
  const own = await systemdBootDefault(source);
  if (own.state !== "unreadable") return own.state === "found" ? own : own.reason;
  const facts = await readFactsFile(source, CLOSURE_FACTS_FILE, closureFactsSchema);
  if (facts.state === "unknown") return own.reason.reason.code === "needs-root" ? own.reason : facts;
  const { loaderDefault, loaderEntry, loaderProblem } = facts.value;
  if (loaderDefault !== null) return { path: loaderDefault, entry: loaderEntry ?? "" };
  return loaderProblem === null
    ? notKnown("no-boot-loader")
    : unknown(loaderProblem.code, loaderProblem.params);
}

type Own =
  | { state: "found"; path: string; entry: string }
  | { state: "unclear"; reason: Unknown }
  | { state: "unreadable"; reason: Unknown };

async function systemdBootDefault(source: Source): Promise<Own> {
  let denied: Unknown | null = null;
  for (const mount of ESP_MOUNTS) {
    const path = posix.join(mount, "loader/loader.conf");
    const text = await source.system.readText(path, ENTRY_BYTES);
    if (text.ok) return entryDefault(source, mount, text.value);
    if (text.problem === "denied") denied ??= notKnown("needs-root", { path });
  }
  return { state: "unreadable", reason: denied ?? notKnown("no-boot-loader") };
}

async function entryDefault(source: Source, mount: string, conf: string): Promise<Own> {
  const folder = posix.join(mount, "loader/entries");
  const names = await source.system.list(folder);
  if (!names.ok) return { state: "unreadable", reason: reasonOf(names, folder) };
  // One-shot goes before the default of the firmware variable, and that before the file (systemd-boot(7)).
  const wanted =
    (await loaderVariable(source, "LoaderEntryOneShot")) ??
    (await loaderVariable(source, "LoaderEntryDefault")) ??
    /^\s*default\s+(\S+)/m.exec(conf)?.[1];
  const entry = wanted === undefined ? undefined : matchEntry(wanted, names.value);
  const unclear = (): Own => ({
    state: "unclear",
    reason: notKnown("boot-entry-not-understood", { entry: wanted ?? "" }),
  });
  if (entry === undefined) return unclear();
  const text = await source.system.readText(posix.join(folder, entry), ENTRY_BYTES);
  if (!text.ok) return { state: "unclear", reason: reasonOf(text, posix.join(folder, entry)) };
  const path = systemOfEntry(text.value);
  return path === null ? unclear() : { state: "found", path, entry };
}

/** Text of an EFI variable: four bytes of attributes, then UTF-16LE; entry names are ASCII, so the zero bytes can go. */
async function loaderVariable(source: Source, name: string): Promise<string | undefined> {
  const text = await source.system.readText(`${LOADER_VARIABLES}/${name}-${LOADER_GUID}`, 1024);
  if (!text.ok) return undefined;
  const value = text.value.slice(4).replaceAll("\0", "");
  return value === "" ? undefined : value;
}

/**
 * The entry file that a default means: with or without `.conf`, `*` and `?` as wildcards, and with the counters that boot
 * assessment puts into the name (`nixos-generation-5+2-1.conf`). Several matches: the highest version, as systemd-boot sorts.
 */
export function matchEntry(wanted: string, names: readonly string[]): string | undefined {
  const stem = wanted.replace(/\.conf$/, "").replace(/\+[0-9]+(-[0-9]+)?$/, "");
  const pattern = stem
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const matcher = new RegExp(`^${pattern}(\\+[0-9]+(-[0-9]+)?)?\\.conf$`);
  const found = names.filter((name) => matcher.test(name));
  found.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  return found[0];
}
