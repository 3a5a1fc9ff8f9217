import { posix } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sweepInstaller } from "#agent/activate/boot-debris.ts";
import { rebootHost } from "#agent/activate/unit-runner.ts";
import type { BootLoader, Done } from "#agent/change/port.ts";
import { systemOfEntry } from "#agent/collect/boot-entry.ts";
import { durableWrite } from "#agent/link/durable.ts";
import type { System } from "#agent/system.ts";
import type { Room } from "#core/change/room.ts";
import type { ChangeSettings } from "#core/change/settings.ts";

const LIMITS = { timeoutMs: 5 * 60_000, maxBytes: 4 * 1024 * 1024 };
const LOCK_TAKEN = 11;
const LOCK_TRIES = 15;
const LOCK_RETRY_MS = 2_000;
const KERNEL_LIMIT = 1.25;

type Parts = { system: System; espPath: string; log: (text: string) => void };

/** The boot loader of this host, as its configuration names it. */
export function bootLoaderOf(
  system: System,
  settings: ChangeSettings,
  log: (text: string) => void,
): BootLoader {
  const parts = { system, espPath: settings.espPath, log };
  return settings.bootLoader === "systemd-boot" ? systemdBoot(parts) : plainLoader(parts);
}

/**
 * GRUB, and hosts without a boot loader of their own: an entry becomes the default when it is installed, because there is no one-shot
 * entry that could be relied on. A boot before CONFIRM then starts the target, and the guard goes back from there.
 */
function plainLoader({ system }: Parts): BootLoader {
  return {
    install: (toplevel) => installEntry(system, toplevel),
    nextBoot: () => Promise.resolve({ ok: true }),
    makeDefault: () => Promise.resolve({ ok: true }),
    space: () => Promise.resolve(null),
    reboot: () => rebootHost(system),
  };
}

/** systemd-boot(7): the target gets a one-shot entry; what was default stays so until the target is confirmed (decisions.md, boot). */
function systemdBoot(parts: Parts): BootLoader {
  const { system } = parts;
  return {
    install: (toplevel, once) =>
      once ? installForOneBoot(parts, toplevel) : installForGood(parts, toplevel),
    nextBoot: async (toplevel) => {
      const entry = await entryOf(parts, toplevel);
      return entry === null ? { ok: false, detail: `no boot entry for ${toplevel}` } : oneShot(system, entry);
    },
    makeDefault: async (toplevel) => {
      const entry = await entryOf(parts, toplevel);
      if (entry === null) return { ok: false, detail: `no boot entry for ${toplevel}` };
      const written = await writeDefault(parts, entry);
      // One that somebody chose in the boot menu would overrule what was confirmed.
      if (written.ok) await holdDefault(parts, "");
      return written;
    },
    space: (toplevel) => bootSpace(parts, toplevel),
    reboot: () => rebootHost(system),
  };
}

async function installForOneBoot(parts: Parts, toplevel: string): Promise<Done> {
  const before = await defaultEntry(parts);
  // The script makes its own entry the default, and a power cut may come before that is put right: meanwhile the variable rules.
  if (before !== null) await holdDefault(parts, before);
  const installed = await installedEntry(parts, toplevel);
  if (!installed.ok) return installed;
  const kept = before === null ? ({ ok: true } as const) : await writeDefault(parts, before);
  if (kept.ok) await holdDefault(parts, "");
  return kept;
}

async function installForGood(parts: Parts, toplevel: string): Promise<Done> {
  const installed = await installedEntry(parts, toplevel);
  if (!installed.ok) return keepEntry(parts, toplevel, installed.detail);
  await clearOneShot(parts);
  await holdDefault(parts, "");
  return { ok: true };
}

/** The script's word is not enough: the entry has to be there (L17). */
async function installedEntry(parts: Parts, toplevel: string): Promise<Done> {
  const sweep = () => sweepInstaller(parts.system, parts.espPath, parts.log);
  await sweep();
  const installed = await installEntry(parts.system, toplevel);
  if (!installed.ok) await sweep();
  if (!installed.ok || (await entryOf(parts, toplevel)) !== null) return installed;
  return { ok: false, detail: `no boot entry for ${toplevel} after installing it` };
}

/**
 * A boot partition that is full, or that cannot be written, need not take a way back along: what ran has an entry from before, and the
 * variable, which is no file on that partition, makes it the default (reliability.md §3.3, F5 and F15).
 */
async function keepEntry(parts: Parts, toplevel: string, detail: string): Promise<Done> {
  const entry = await entryOf(parts, toplevel);
  if (entry === null) return { ok: false, detail };
  await clearOneShot(parts);
  const isDefault = (await defaultEntry(parts)) === entry;
  const held = await bootctl(parts.system, "set-default", isDefault ? "" : entry);
  if (!held.ok && !isDefault) return { ok: false, detail: `${detail}; ${held.detail}` };
  parts.log(`the boot entry from before stays: ${detail}`);
  return { ok: true };
}

/** The closure's own script; who holds the lock meanwhile is waited for (L12). */
async function installEntry(system: System, toplevel: string): Promise<Done> {
  for (let tries = 0; ; tries += 1) {
    const ran = await system.run(`${toplevel}/bin/switch-to-configuration`, ["boot"], LIMITS);
    if (!ran.ok) return { ok: false, detail: `switch-to-configuration boot: ${ran.detail}` };
    const { status, stderr } = ran.value;
    if (status === 0) return { ok: true };
    if (status !== LOCK_TAKEN || tries >= LOCK_TRIES)
      return { ok: false, detail: `switch-to-configuration boot: ${status}, ${stderr.trim().slice(-300)}` };
    await pause(LOCK_RETRY_MS);
  }
}

/**
 * LoaderEntryDefault goes before what loader.conf says (systemd-boot(7)); the empty text takes it away. Without EFI variables what is
 * left is the moment between two writes, and the guard, which goes back from a boot that nobody planned.
 */
async function holdDefault({ system, log }: Parts, entry: string): Promise<void> {
  const held = await bootctl(system, "set-default", entry);
  if (!held.ok) log(`the boot loader's variable could not be set: ${held.detail}`);
}

function oneShot(system: System, entry: string): Promise<Done> {
  return bootctl(system, "set-oneshot", entry);
}

async function bootctl(system: System, verb: "set-default" | "set-oneshot", entry: string): Promise<Done> {
  const ran = await system.run("bootctl", [verb, entry], { timeoutMs: 30_000, maxBytes: 64 * 1024 });
  if (!ran.ok) return { ok: false, detail: `bootctl: ${ran.detail}` };
  if (ran.value.status === 0) return { ok: true };
  return { ok: false, detail: `bootctl: ${ran.value.stderr.trim().slice(0, 300)}` };
}

/**
 * A one-shot entry that was meant for another boot must not start what is being left. Where it cannot be cleared the way back goes on all
 * the same: should the next boot start the target once more, the guard goes back from there.
 */
async function clearOneShot({ system, log }: Parts): Promise<void> {
  const cleared = await oneShot(system, "");
  if (!cleared.ok) log(`a one-shot entry may be left: ${cleared.detail}`);
}

const confFile = ({ espPath }: Parts) => posix.join(espPath, "loader/loader.conf");

async function defaultEntry(parts: Parts): Promise<string | null> {
  const text = await parts.system.readText(confFile(parts));
  return text.ok ? (/^\s*default\s+(\S+)/m.exec(text.value)?.[1] ?? null) : null;
}

async function writeDefault(parts: Parts, entry: string): Promise<Done> {
  const text = await parts.system.readText(confFile(parts));
  if (!text.ok) return { ok: false, detail: `${confFile(parts)}: ${text.detail}` };
  const others = text.value.split("\n").filter((line) => line !== "" && !/^\s*default\s/.test(line));
  const wanted = `${[...others, `default ${entry}`].join("\n")}\n`;
  if (wanted !== text.value) await durableWrite(confFile(parts), wanted, { mode: 0o644 });
  return { ok: true };
}

/** The newest entry that starts this closure: generations count up, and an old number may fall off the list. */
async function entryOf({ system, espPath }: Parts, toplevel: string): Promise<string | null> {
  const folder = posix.join(espPath, "loader/entries");
  const names = await system.list(folder);
  if (!names.ok) return null;
  const found: { name: string; number: number }[] = [];
  for (const name of names.value.filter((one) => one.endsWith(".conf"))) {
    const text = await system.readText(posix.join(folder, name), 64 * 1024);
    if (!text.ok || systemOfEntry(text.value) !== toplevel) continue;
    found.push({ name, number: Number(/generation-(\d+)/.exec(name)?.[1] ?? 0) });
  }
  return found.sort((a, b) => b.number - a.number)[0]?.name ?? null;
}

/** Kernel and initrd may be there already under a name of the builder's choosing; counting them anyway errs on the safe side (L17). */
async function bootSpace({ system, espPath }: Parts, toplevel: string): Promise<Room> {
  const disk = await system.disk(espPath);
  let freeBytes = disk.ok ? disk.value.freeBytes : null;
  let neededBytes = 0;
  for (const part of ["kernel", "initrd"]) {
    const path = await system.resolve(`${toplevel}/${part}`);
    const info = path.ok ? await system.info(path.value) : path;
    // Of what could not be measured nobody knows that it fits.
    if (info.ok) neededBytes += info.value.size;
    else freeBytes = null;
  }
  return { freeBytes, neededBytes: Math.ceil(neededBytes * KERNEL_LIMIT) };
}
