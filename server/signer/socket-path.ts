import { closeSync, constants, openSync } from "node:fs";
import { basename, dirname } from "node:path";

/** unix(7): 108 bytes with the final zero. */
const LONGEST_BYTES = 107;

/**
 * A socket's path as the kernel takes it. A longer one goes by way of the open folder (proc_pid_fd(5)), which names the same file and
 * leaves nothing in a folder that others may write to.
 */
export function openSocketPath(path: string): { at: string; close: () => void } {
  if (Buffer.byteLength(path) <= LONGEST_BYTES) return { at: path, close: () => undefined };
  const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  return { at: `/proc/self/fd/${folder}/${basename(path)}`, close: () => closeSync(folder) };
}
