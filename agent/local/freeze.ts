import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { withRoom, writeWithRoom } from "#agent/activate/ballast.ts";
import { LOCAL_FOLDER } from "#agent/activate/records.ts";
import { durableFolder, messageOf, removeIfThere } from "#agent/link/durable.ts";
import type { Local } from "#agent/local/act.ts";
import { localStatus } from "#agent/local/status.ts";

/**
 * What a report of a problem freezes on the scanner (LOC-1): what root saw of it at that moment, and the end of the journal. It stays here,
 * because a journal may hold what nobody meant to send; the log names the file. The agent's facts of that moment travel with its next report.
 */
const FOLDER = join(LOCAL_FOLDER, "reports");
const MOST_FILES = 8;
const JOURNAL_LINES = 400;
const JOURNAL_CHARACTERS = 192 * 1024;
const LIMITS = { timeoutMs: 10_000, maxBytes: 4 * 1024 * 1024 };

/** Name of the file below the activator's own folder; null: it could not be written, which keeps nobody from reporting. */
export async function freeze(local: Local): Promise<string | null> {
  const { host } = local;
  const atMs = host.clock.nowMs();
  const name = join(FOLDER, `${atMs}.json`);
  const { state } = host.folders;
  try {
    const frozen = {
      schema: "fiducial.frozen/1",
      atMs,
      status: await localStatus(local),
      journal: await journalEnd(local),
    };
    await withRoom(state, () => durableFolder(join(state, FOLDER)));
    await writeWithRoom(state, join(state, name), `${JSON.stringify(frozen)}\n`);
    await forgetOldest(join(state, FOLDER));
    return name;
  } catch (error) {
    host.log(`nothing was frozen: ${messageOf(error)}`);
    return null;
  }
}

async function journalEnd({ host }: Local) {
  const args = ["--no-pager", "--quiet", "-o", "short-iso-precise", "-n", String(JOURNAL_LINES)];
  const ran = await host.system.run("journalctl", args, LIMITS);
  if (!ran.ok) return { state: "unknown", detail: `${ran.problem}: ${ran.detail}`.slice(0, 1000) };
  return { state: "observed", end: ran.value.stdout.slice(-JOURNAL_CHARACTERS) };
}

/** Whoever reports again and again fills no disk. Names are moments of one length, so their order is that of time. */
async function forgetOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).sort();
  for (const name of names.slice(0, -MOST_FILES)) await removeIfThere(join(folder, name));
}
