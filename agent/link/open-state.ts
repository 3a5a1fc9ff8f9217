import { join } from "node:path";
import type { AgentConfig } from "#agent/config.ts";
import { type Counters, startCounters } from "#agent/link/counters.ts";
import { type Heads, openHeads } from "#agent/link/heads.ts";
import { type Outbox, openOutbox } from "#agent/link/outbox.ts";
import { createProblems, type Problems } from "#agent/link/problems.ts";
import { compareOrder } from "#core/identity/judge.ts";

export type LinkKept = { counters: Counters; heads: Heads; outbox: Outbox; problems: Problems };
export type Opening = { enrolledAtMs: number; bootId: string; nowMs: number; log: (line: string) => void };

/** Opens everything the link keeps in the state folder; counters go above whatever any of it still names. Throws LinkError. */
export async function openLinkState(
  config: Pick<AgentConfig, "stateDir" | "outbox">,
  about: Opening,
): Promise<LinkKept> {
  const problems = createProblems();
  const heads = await openHeads(config.stateDir);
  problems.set("heads.json", heads.damaged);
  let early = 0;
  let counters: Counters | null = null;
  const outbox = await openOutbox({
    folder: join(config.stateDir, "outbox"),
    limits: config.outbox,
    dropped: async (reports, why) => {
      about.log(`${reports} report(s) given up: ${why}`);
      problems.set("given up", why);
      if (counters !== null) return counters.addDropped(reports);
      early += reports;
      return false;
    },
  });
  const waiting = outbox.highest && { ...outbox.highest, bootId: await outbox.newestBootId() };
  const known = [waiting, heads.acknowledged].filter((one) => one !== null).sort(compareOrder);
  const started = await startCounters({
    stateDir: config.stateDir,
    bootId: about.bootId,
    highestKnown: known.at(-1) ?? null,
    nowMs: about.nowMs,
    enrolledAtMs: about.enrolledAtMs,
  });
  counters = started;
  if (early > 0) await started.addDropped(early);
  if (started.recovered !== null) {
    problems.set("counters.json", `${started.recovered}; numbering went on from boot ${started.bootCounter}`);
    about.log(`counters.json ${started.recovered}: numbering goes on from boot ${started.bootCounter}`);
  }
  return { counters: started, heads, outbox, problems };
}
