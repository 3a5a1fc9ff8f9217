import { matchEntry } from "#agent/collect/boot-default.ts";
import { systemOfEntry } from "#agent/collect/boot-entry.ts";
import type { ClosureFacts } from "#agent/facts/facts-file.ts";
import type { System } from "#agent/system.ts";

export type LoaderFacts = Pick<ClosureFacts, "loader" | "loaderDefault" | "loaderEntry" | "loaderProblem">;

const ESP_MOUNTS = ["/boot", "/efi", "/boot/efi"];
const EFIVARS = "/sys/firmware/efi/efivars";
/** Vendor of the Boot Loader Interface's variables (systemd, "The Boot Loader Interface"). */
const LOADER_VENDOR = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

/**
 * Which closure the boot loader starts next (SEE-1), read and never asked of bootctl: of systemd-boot the one-shot entry, else the
 * default an operator set in the firmware, else loader.conf. GRUB decides at boot from its own environment block, so what it will
 * start is not known from outside; that is said and not guessed.
 */
export async function readLoader(system: System): Promise<LoaderFacts> {
  for (const mount of ESP_MOUNTS) {
    const config = await system.readText(`${mount}/loader/loader.conf`);
    if (config.ok) return systemdBoot(system, mount, config.value);
    if (config.problem === "denied") return unknownLoader("systemd-boot", "loader-denied");
  }
  for (const file of ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"])
    if ((await system.info(file)).ok) return unknownLoader("grub", "loader-decides-at-boot");
  if ((await system.info("/boot/extlinux/extlinux.conf")).ok)
    return unknownLoader("other", "loader-decides-at-boot");
  return unknownLoader(null, "loader-not-found");
}

function unknownLoader(
  loader: LoaderFacts["loader"],
  code: string,
  entry: string | null = null,
): LoaderFacts {
  return { loader, loaderDefault: null, loaderEntry: entry, loaderProblem: { code } };
}

async function systemdBoot(system: System, mount: string, config: string): Promise<LoaderFacts> {
  const pattern =
    (await efiVariable(system, "LoaderEntryOneShot")) ??
    (await efiVariable(system, "LoaderEntryDefault")) ??
    /^default[ \t]+(\S+)[ \t]*$/m.exec(config)?.[1] ??
    null;
  if (pattern === null || pattern.length > 256 || pattern.startsWith("@"))
    return unknownLoader("systemd-boot", "loader-decides-at-boot");
  const entries = await system.list(`${mount}/loader/entries`);
  if (!entries.ok) return unknownLoader("systemd-boot", "loader-entry-unread", pattern);
  const entry = matchEntry(pattern, entries.value);
  if (entry === undefined) return unknownLoader("systemd-boot", "loader-entry-missing", pattern);
  const text = await system.readText(`${mount}/loader/entries/${entry}`);
  const init = text.ok ? systemOfEntry(text.value) : null;
  if (init === null) return unknownLoader("systemd-boot", "loader-entry-unread", entry);
  return { loader: "systemd-boot", loaderDefault: init, loaderEntry: entry, loaderProblem: null };
}

/** The variable's first four bytes are attributes, the rest is UTF-16LE with a final NUL (L39). Null: not set, or not ASCII. */
async function efiVariable(system: System, name: string): Promise<string | null> {
  const read = await system.readText(`${EFIVARS}/${name}-${LOADER_VENDOR}`, 4096);
  if (!read.ok) return null;
  const text = read.value.slice(4).replaceAll("\0", "");
  return /^[\x21-\x7e]+$/.test(text) ? text : null;
}
