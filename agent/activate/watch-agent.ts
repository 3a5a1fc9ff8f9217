import { join } from "node:path";
import * as z from "zod";
import type { Folders } from "#agent/activate/folders.ts";
import { isRunning, restartUnit } from "#agent/activate/unit-runner.ts";
import { durableWrite, readKept, removeIfThere } from "#agent/link/durable.ts";
import type { System } from "#agent/system.ts";
import { AGENT_FRESH_MS } from "#core/change/probation.ts";

const AGENT = "fiducial-agent.service";

/** The sign of life that was seen last, and since when it has not changed, by the clock that nobody sets. */
const noteSchema = z.strictObject({ modifiedMs: z.int().nullable(), sinceMs: z.number() });

type Watched = "alive" | "silent" | "stopped" | "restarted";

/**
 * `watch`: restarts an agent that runs and gives no sign of life for 120 s (decisions.md: Node cannot speak to systemd's watchdog). Only
 * a change of the file counts and not its age, so that a clock set forward restarts nobody; one that a person stopped stays stopped.
 * Inside a probation this saves nobody: a target whose agent was silent is not confirmed (core/change/probation.ts).
 */
export async function watchAgent(
  system: System,
  folders: Pick<Folders, "run">,
  log: (text: string) => void,
): Promise<Watched> {
  const path = join(folders.run, "watch.json");
  const info = await system.info(join(folders.run, "agent.alive"));
  const modifiedMs = info.ok ? info.value.modifiedMs : null;
  const nowMs = system.monotonicMs();
  const kept = await readKept(path, noteSchema);
  if (kept.state !== "kept" || kept.value.modifiedMs !== modifiedMs) {
    await durableWrite(path, JSON.stringify({ modifiedMs, sinceMs: nowMs }), { mode: 0o644 });
    return "alive";
  }
  const silentMs = nowMs - kept.value.sinceMs;
  if (!(await isRunning(system, AGENT))) {
    await removeIfThere(path);
    return "stopped";
  }
  if (silentMs <= AGENT_FRESH_MS) return "silent";
  await removeIfThere(path);
  log(`the agent gave no sign of life for ${Math.round(silentMs / 1000)} s`);
  const restarted = await restartUnit(system, AGENT);
  if (!restarted.ok) throw new Error(restarted.detail);
  return "restarted";
}
