import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SOCKET_LOCK } from "#server/database/postgres-folder.ts";

const pidFile = (data: string) => join(data, "postmaster.pid");

/** Process id of the postmaster that works on this data folder, null if none lives. */
export function postmasterPid(data: string): number | null {
  const pid = recordedPid(pidFile(data));
  return pid !== null && isPostmaster(pid, data) ? pid : null;
}

/** Whether this process lives and works on this data folder. On its way out it removes its files before it is gone. */
export function isPostmaster(pid: number, data: string): boolean {
  return isAlive(pid) && worksOn(pid, data);
}

/**
 * After a crash of the machine or a restart of its container the recorded id may belong to another program by now, and one that was killed
 * keeps its id until its parent took it back: PostgreSQL would refuse to start because of either, for its data and for its socket. It still
 * notices children left over from the dead postmaster, by their shared memory.
 */
export function removeStaleLocks(data: string, socket: string): void {
  for (const file of [pidFile(data), join(socket, SOCKET_LOCK)]) {
    const pid = recordedPid(file);
    if (pid !== null && !(isAlive(pid) && isPostgres(pid))) rmSync(file, { force: true });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function recordedPid(file: string): number | null {
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

/** Its command line names the folder. Where there is no /proc the recorded id is believed. */
function worksOn(pid: number, data: string): boolean {
  return commandLine(pid)?.includes(data) ?? true;
}

function isPostgres(pid: number): boolean {
  return commandLine(pid)?.some((part) => part === "postgres" || part.endsWith("/postgres")) ?? true;
}

function commandLine(pid: number): string[] | null {
  if (process.platform !== "linux") return null;
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, "utf8").split("\0") : [];
}
