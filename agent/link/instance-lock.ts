import { readFile, readlink, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { errorCode, removeIfThere } from "#agent/link/durable.ts";
import { LinkError } from "#agent/link/link-error.ts";

/**
 * One agent per state folder: two processes with one key look like a cloned scanner to the server and lock it out (K-07).
 * The owner is a process id, the boot it belongs to and its start time, so neither a reboot nor a reused process id holds the lock.
 * It is the target of a symbolic link: one this short lies in the inode (ext4), so that a full disk keeps nobody from beginning.
 */
const ownerSchema = z
  .string()
  .regex(/^\d+ \d* \S+$/)
  .transform((text) => {
    const [pid = "", startTicks = "", bootId = ""] = text.split(" ");
    return { pid: Number(pid), startTicks, bootId };
  });
type Owner = z.infer<typeof ownerSchema>;

/** A takeover is a few calls of the file system; whoever finds one under way looks again so often before it gives up. */
const TAKEOVER = { tries: 100, pauseMs: 20 } as const;

/** How an owner is written; for whoever has to look like one. */
export function ownerText({ pid, startTicks, bootId }: Owner): string {
  return `${pid} ${startTicks} ${bootId}`;
}

/** Returns the way to let go. Throws LinkError when another living agent holds the folder. */
export async function lockInstance(stateDir: string, bootId: string): Promise<() => Promise<void>> {
  const path = join(stateDir, "agent.lock");
  const mine: Owner = { pid: process.pid, bootId, startTicks: (await startTicks(process.pid)) ?? "" };
  await take(path, mine);
  return async () => {
    const owner = await readOwner(path);
    if (owner !== null && owner !== "gone" && sameOwner(owner, mine)) await removeIfThere(path);
  };
}

/**
 * Of a dead owner there is one successor: replacing it is itself guarded by a lock of the same kind, and who has that looks once more at
 * what it replaces. Without it a starter that saw the dead owner and was then held up would replace a living one that came meanwhile.
 */
async function take(path: string, mine: Owner): Promise<void> {
  for (let tries = 0; !(await linkTo(mine, path)); tries += 1) {
    const owner = await readOwner(path);
    if (owner === "gone") continue;
    if (owner !== null && (await alive(owner, mine.bootId))) throw held(owner);
    if (await replaceDead(path, mine, tries)) return;
  }
}

/** False: somebody else is at it, or was; look again. Throws when it never ends. */
async function replaceDead(path: string, mine: Owner, tries: number): Promise<boolean> {
  const guard = `${path}.takeover`;
  try {
    await take(guard, mine);
  } catch (error) {
    if (!(error instanceof LinkError) || tries >= TAKEOVER.tries) throw error;
    await pause(TAKEOVER.pauseMs);
    return false;
  }
  try {
    const owner = await readOwner(path);
    if (owner === "gone" || (owner !== null && (await alive(owner, mine.bootId)))) return false;
    const draft = `${path}.${process.pid}`;
    await removeIfThere(draft);
    await symlink(ownerText(mine), draft);
    await rename(draft, path);
    return true;
  } finally {
    await removeIfThere(guard);
  }
}

async function linkTo(mine: Owner, path: string): Promise<boolean> {
  try {
    await symlink(ownerText(mine), path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

function held(owner: Owner): LinkError {
  return new LinkError(
    "already-running",
    `An agent with this identity is already running (process ${owner.pid}). Two at once would look like a cloned scanner: stop that one first.`,
  );
}

/** Null: nothing that a living agent of this kind has written. */
async function readOwner(path: string): Promise<Owner | "gone" | null> {
  try {
    const read = ownerSchema.safeParse(await readlink(path));
    return read.success ? read.data : null;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "gone";
    if (errorCode(error) === "EINVAL") return null;
    throw error;
  }
}

function sameOwner(a: Owner, b: Owner): boolean {
  return a.pid === b.pid && a.bootId === b.bootId && a.startTicks === b.startTicks;
}

async function alive(owner: Owner, bootId: string): Promise<boolean> {
  return owner.bootId === bootId && (await startTicks(owner.pid)) === owner.startTicks;
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); the command name before it may contain anything but its last bracket. */
async function startTicks(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES"].includes(errorCode(error))) return null;
    throw error;
  }
}
