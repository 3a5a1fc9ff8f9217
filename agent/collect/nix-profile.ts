import { posix } from "node:path";
import type { System } from "#agent/system.ts";
import { isStorePath } from "#core/closure/store-path.ts";
import type { Unknown } from "#core/report/fact.ts";
import type { Source } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

/**
 * Reads of a Nix host by symbolic links alone: no lock, no Nix process, no database (nixos-peers.md §5). The first store path on
 * the way is the closure; what it may itself link to is its content, not its identity.
 */
const MAX_STEPS = 8;

export type ClosureRead = { path: string; via: readonly string[] } | Unknown;

/** The store path behind a link, and the links on the way to it. Unknown when there is none or it is not on disk. */
export async function closureBehind(system: System, link: string): Promise<ClosureRead> {
  const via: string[] = [];
  let at = link;
  while (!isStorePath(at)) {
    if (via.length === MAX_STEPS) return notKnown("not-a-store-path", { path: link, target: at });
    const target = await system.readLink(at);
    if (!target.ok) {
      // The first link is missing: there is nothing. A later one is missing, or is no link: the way ends nowhere.
      if (via.length === 0 && target.problem !== "failed") return reasonOf(target, link);
      if (target.problem === "missing") return notKnown("dangling-link", { path: link, target: at });
      return notKnown("not-a-store-path", { path: link, target: at });
    }
    via.push(at);
    at = posix.resolve(posix.dirname(at), target.value);
  }
  const there = await system.info(at);
  if (there.ok) return { path: at, via };
  return there.problem === "missing"
    ? notKnown("dangling-link", { path: link, target: at })
    : reasonOf(there, at);
}

export type Generation = { number: number; path: string; createdAtMs: number | null; present: boolean };

export type Generations = { generations: Generation[]; skipped: string[] };

/**
 * All `system-<n>-link` of the profiles folder, newest first, also those made by hand. Read again when a link came or went (the
 * folder's own time), and every minute because a store path can vanish without its link.
 */
export async function readGenerations({ system, options, memo }: Source): Promise<Generations | Unknown> {
  const { profiles } = options;
  const folder = await system.info(profiles);
  if (!folder.ok) return reasonOf(folder, profiles);
  const minute = Math.floor(system.monotonicMs() / 60_000);
  const { changedMs, modifiedMs } = folder.value;
  return memo("generations", `${changedMs} ${modifiedMs} ${minute}`, () => listGenerations(system, profiles));
}

async function listGenerations(system: System, profiles: string): Promise<Generations | Unknown> {
  const names = await system.list(profiles);
  if (!names.ok) return reasonOf(names, profiles);
  const generations: Generation[] = [];
  const skipped: string[] = [];
  for (const name of names.value) {
    const number = generationNumber(name);
    if (number === null) continue;
    const link = posix.join(profiles, name);
    const target = await system.readLink(link);
    const info = await system.info(link);
    if (!target.ok) {
      skipped.push(name);
      continue;
    }
    const path = posix.resolve(profiles, target.value);
    generations.push({
      number,
      path,
      createdAtMs: info.ok ? linkTime(info.value) : null,
      present: (await system.info(path)).ok,
    });
  }
  generations.sort((a, b) => b.number - a.number);
  return { generations, skipped };
}

export function generationNumber(linkName: string): number | null {
  const digits = /^system-([1-9][0-9]{0,8})-link$/.exec(linkName)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** When a link was made. Stores normalise times to 1970 or 1; such a time says nothing. */
export function linkTime(info: { modifiedMs: number }): number | null {
  return info.modifiedMs > 86_400_000 ? info.modifiedMs : null;
}

/** "nixos" only if the host itself says so. */
export async function osIdentity(system: System): Promise<Map<string, string> | Unknown> {
  for (const path of ["/etc/os-release", "/usr/lib/os-release"]) {
    const text = await system.readText(path, 64 * 1024);
    if (text.ok) return parseOsRelease(text.value);
    if (text.problem !== "missing") return reasonOf(text, path);
  }
  return notKnown("no-such-file", { path: "/etc/os-release" });
}

/** os-release(5): shell-like assignments, quotes optional, no expansion. */
export function parseOsRelease(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim());
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const quoted = /^(["'])(.*)\1$/.exec(match[2]);
    found.set(match[1], (quoted?.[2] ?? match[2]).replace(/\\(["'$`\\])/g, "$1"));
  }
  return found;
}

export function isUnknown(value: object): value is Unknown {
  return "state" in value && value.state === "unknown";
}
