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

/** Long enough for another starter that saw the same dead owner to have written its own name. */
const SETTLE_MS = 50;

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
    if (sameOwner(await readOwner(path), mine)) await removeIfThere(path);
  };
}

async function take(path: string, mine: Owner): Promise<void> {
  if (await linkTo(mine, path)) return;
  const owner = await readOwner(path);
  if (owner !== null && (await alive(owner, mine.bootId))) throw held(owner);
  const draft = `${path}.${process.pid}`;
  await removeIfThere(draft);
  try {
    await symlink(ownerText(mine), draft);
    await rename(draft, path);
  } finally {
    await removeIfThere(draft);
  }
  await pause(SETTLE_MS);
  const now = await readOwner(path);
  if (!sameOwner(now, mine)) throw held(now ?? mine);
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

/** Null: nobody's, or nothing that a living agent of this kind has written. */
async function readOwner(path: string): Promise<Owner | null> {
  try {
    const read = ownerSchema.safeParse(await readlink(path));
    return read.success ? read.data : null;
  } catch (error) {
    if (["ENOENT", "EINVAL"].includes(errorCode(error))) return null;
    throw error;
  }
}

function sameOwner(a: Owner | null, b: Owner): boolean {
  return a !== null && a.pid === b.pid && a.bootId === b.bootId && a.startTicks === b.startTicks;
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
