import { join } from "node:path";
import * as z from "zod";
import type { Host } from "#agent/activate/host.ts";
import { tryLock } from "#agent/activate/machine.ts";
import { startChangeUnit } from "#agent/activate/unit-runner.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import { metadataName, repositoryFolder } from "#core/trust/layout.ts";

const LIST_BYTES = 512 * 1024;
const listSchema = z.object({ signed: z.object({ version: z.int() }) });

/** Lets go of the journal; to do it twice does no harm. */
export type LetGo = () => Promise<void>;

/**
 * Starts the change's unit while what it may have to carry out is still being verified: to start a program takes longer than that. It waits
 * for the journal, which is held here until all is decided, and finds in it what it would have found later; where that is nothing it ends.
 * Null: nothing speaks for a change, or somebody else has the journal. What this goes by is the spool and believed by nobody: whoever took
 * the fetcher over can have a program started for nothing, as with every question.
 */
export async function beginAhead(host: Host, scannerId: ScannerId): Promise<{ letGo: LetGo } | null> {
  const { step } = await host.records.journal();
  if (step !== "offered" && (step !== "rest" || !(await isNews(host, scannerId)))) return null;
  const unlock = await tryLock(host, 0);
  if (unlock === null) return null;
  const started = startChangeUnit(host.system, [...host.command, "run"]);
  let gone: Promise<void> | null = null;
  return {
    letGo: async () => {
      gone ??= unlock();
      await gone;
      // Who looks for the unit next is to find it.
      await started;
    },
  };
}

/** Whether the spool names another list of the director than the one that was verified last. */
async function isNews({ system, folders }: Host, scannerId: ScannerId): Promise<boolean> {
  const names = await system.list(join(folders.spool, repositoryFolder("director", scannerId)));
  if (!names.ok) return false;
  const kept = await system.readText(join(folders.state, "trust/director/targets.json"), LIST_BYTES);
  return !names.value.includes(metadataName("targets", kept.ok ? versionOf(kept.value) : 0));
}

/** 0: none that could be in the spool. */
function versionOf(text: string): number {
  try {
    const parsed = listSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.signed.version : 0;
  } catch (error) {
    if (error instanceof SyntaxError) return 0;
    throw error;
  }
}
