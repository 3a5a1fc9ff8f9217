import type { System } from "#agent/system.ts";
import { generationNumber } from "#core/closure/generation.ts";
import { isStorePath, type StorePath } from "#core/closure/store-path.ts";
import type { Reason } from "#core/report/fact.ts";

/** As many as a report holds (closureDigests). */
const MAX_TOPLEVELS = 64;

export type Toplevels = { known: StorePath[]; problems: { toplevel: string; reason: Reason }[] };

/**
 * Every system closure this host could run, most important first: running, booted, profile, next boot, then generations newest
 * first. Read from links alone, without Nix and without its lock (L12). A link that leads nowhere is a problem with its target named.
 */
export async function findToplevels(
  system: System,
  { links: systemLinks, profiles }: { links: string; profiles: string },
  nextBoot: string | null,
): Promise<Toplevels> {
  const links = [`${systemLinks}/current-system`, `${systemLinks}/booted-system`, `${profiles}/system`];
  const generations = await system.list(profiles);
  const numbered = (generations.ok ? generations.value : [])
    .flatMap((name) => {
      const number = generationNumber("system", name);
      return number === null ? [] : [{ number, link: `${profiles}/${name}` }];
    })
    .sort((a, b) => b.number - a.number);
  const known = new Set<StorePath>();
  const problems = new Map<string, Reason>();
  const add = (path: string) => {
    if (isStorePath(path)) known.add(path);
    else problems.set(path.slice(0, 512), { code: "not-a-store-path" });
  };
  for (const link of links) await follow(system, link, add, problems);
  if (nextBoot !== null) add(nextBoot);
  for (const { link } of numbered) await follow(system, link, add, problems);
  return limited([...known], problems);
}

async function follow(
  system: System,
  link: string,
  add: (path: string) => void,
  problems: Map<string, Reason>,
): Promise<void> {
  const end = await system.resolve(link);
  if (end.ok) return add(end.value);
  const target = await system.readLink(link);
  if (!target.ok && target.problem === "missing") return;
  const code = end.problem === "missing" ? "dangling-link" : `link-${end.problem}`;
  problems.set((target.ok ? target.value : link).slice(0, 512), {
    code,
    params: { link: link.slice(0, 300) },
  });
}

function limited(known: StorePath[], problems: Map<string, Reason>): Toplevels {
  const listed = [...problems].map(([toplevel, reason]) => ({ toplevel, reason }));
  for (const toplevel of known.slice(MAX_TOPLEVELS)) listed.push({ toplevel, reason: { code: "too-many" } });
  return { known: known.slice(0, MAX_TOPLEVELS), problems: listed };
}
