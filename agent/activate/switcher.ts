import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import * as z from "zod";
import type { Folders } from "#agent/activate/folders.ts";
import { switchCommand, switchResultFile } from "#agent/activate/switch-script.ts";
import { isRunning, SWITCH_UNITS, startSwitchUnit, stopUnits } from "#agent/activate/unit-runner.ts";
import type { Switcher } from "#agent/change/port.ts";
import { readKept, removeIfThere } from "#agent/link/durable.ts";
import { Sleeper } from "#agent/link/sleeper.ts";
import type { System } from "#agent/system.ts";
import { isStorePathText } from "#core/closure/store-path-text.ts";

/**
 * What the switch left behind, written in the switch's own unit (L6): a unit that is unloaded says 0 of everything, and
 * a file says what happened, also to a program that was started after it.
 */
const switchResultSchema = z.strictObject({
  token: z.string().max(64),
  toplevel: z.string().max(512),
  /** Null: ended by a signal. */
  status: z.int().nullable(),
});

/** Whether the unit still runs is a question to systemd each time, which it answers beside the switch; its end is told by the file it leaves. */
const LOOK_EVERY_MS = { watched: 1_000, unwatched: 200 };
const LOCK = "/run/nixos/switch-to-configuration.lock";

export function unitSwitcher(system: System, folders: Folders): Switcher {
  return {
    run: (toplevel, limitMs) => runSwitch({ system, folders }, toplevel, limitMs),
    busy: async () => {
      if ((await system.info(LOCK)).ok === false) return false;
      const ran = await system.run("flock", ["--exclusive", "--nonblock", LOCK, "true"], {
        timeoutMs: 10_000,
        maxBytes: 4096,
      });
      return ran.ok && ran.value.status !== 0;
    },
  };
}

type Parts = { system: System; folders: Folders };

async function runSwitch(
  { system, folders }: Parts,
  toplevel: string,
  limitMs: number,
): Promise<number | null> {
  // Goes into a line of JSON that a shell writes.
  if (!isStorePathText(toplevel)) return null;
  const token = randomUUID();
  await removeIfThere(switchResultFile(folders.state));
  const started = await startSwitchUnit(system, switchCommand(folders.state, token, toplevel));
  if (!started.ok) return null;
  const status = await resultOf(system, folders.state, token, system.monotonicMs() + limitMs);
  if (status === "late") await stopUnits(system, SWITCH_UNITS);
  return typeof status === "number" ? status : null;
}

/** The status that the switch leaves; null: ended without one. */
async function resultOf(
  system: System,
  state: string,
  token: string,
  untilMs: number,
): Promise<number | null | "late"> {
  const file = switchResultFile(state);
  const sleeper = new Sleeper();
  const watched = system.watch(state, (name) => {
    if (name === "" || name === basename(file)) sleeper.wake();
  });
  const everyMs = watched.ok ? LOOK_EVERY_MS.watched : LOOK_EVERY_MS.unwatched;
  let lookMs = system.monotonicMs() + everyMs;
  try {
    while (system.monotonicMs() < untilMs) {
      const kept = await readKept(file, switchResultSchema);
      if (kept.state === "kept" && kept.value.token === token) return kept.value.status;
      if (system.monotonicMs() >= lookMs) {
        // Killed without a word: nothing more will come.
        if (
          !(await isRunning(system, SWITCH_UNITS)) &&
          (await readKept(file, switchResultSchema)).state !== "kept"
        )
          return null;
        lookMs = system.monotonicMs() + everyMs;
      }
      await sleeper.sleep(Math.min(untilMs, lookMs) - system.monotonicMs());
    }
    return "late";
  } finally {
    if (watched.ok) watched.value();
  }
}
