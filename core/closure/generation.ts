/**
 * Pure reading of a Nix profile (nixos-peers.md §5, L12): `<profile>` → `<profile>-42-link` → store path. Whoever can write the
 * folder can make such links by hand, so what a link says is reported as found and never repaired (SEE-1).
 */

/** A link in the profiles folder, as the system found it. */
export type FoundLink = {
  name: string;
  /** Where the link points, every link followed as far as possible; null: it could not be read. */
  target: string | null;
  /** Whether the target exists. */
  present: boolean;
  /** When the link was made, milliseconds since the epoch; null: unknown. */
  createdAtMs: number | null;
};

export type Generation = { number: number; path: string; createdAtMs: number | null; present: boolean };

/** Generations newest first, and names that look like one but are none (`system-007-link`, an unreadable link). */
export type Generations = { entries: Generation[]; unreadable: string[] };

/** Number of the generation a link name stands for; null: it is no generation link of this profile. Nix writes no leading zero. */
export function generationNumber(profile: string, linkName: string): number | null {
  if (!linkName.startsWith(`${profile}-`) || !linkName.endsWith("-link")) return null;
  const digits = linkName.slice(profile.length + 1, -"-link".length);
  if (!/^[1-9][0-9]{0,14}$/.test(digits)) return null;
  return Number(digits);
}

/** `profile` is the base name of the profile, "system" for the system's own. */
export function readGenerations(profile: string, links: readonly FoundLink[]): Generations {
  const entries: Generation[] = [];
  const unreadable: string[] = [];
  for (const { name, target, present, createdAtMs } of links) {
    const number = generationNumber(profile, name);
    if (number !== null && target !== null) entries.push({ number, path: target, createdAtMs, present });
    else if (isLookalike(profile, name)) unreadable.push(name);
  }
  entries.sort((a, b) => b.number - a.number);
  return { entries, unreadable };
}

function isLookalike(profile: string, name: string): boolean {
  return name.startsWith(`${profile}-`) && /-[0-9]+-link$/.test(name.slice(profile.length));
}

/**
 * Which generation a closure is. Several generations may be the same closure; then it is the one the profile points to now if
 * that is among them, else the newest. Null: none of them (a closure that was only switched to, or whose link was deleted).
 */
export function generationOf(
  entries: readonly Generation[],
  path: string,
  current: number | null = null,
): Generation | null {
  const same = entries.filter((entry) => entry.path === path);
  return (
    same.find((entry) => entry.number === current) ??
    same.reduce<Generation | null>(
      (best, one) => (best === null || one.number > best.number ? one : best),
      null,
    )
  );
}
