import { unlink } from "node:fs/promises";
import { posix } from "node:path";
import type { System } from "#agent/system.ts";

/**
 * What nixpkgs' systemd-boot-builder.py writes before it renames: `loader.tmp` or `loader.conf.tmp`, and an entry's `.tmp`. Half-copied
 * kernels are not among them, it removes those itself (`remove_old_entries`).
 */
const UNFINISHED: Readonly<Record<"loader" | "loader/entries", RegExp>> = {
  loader: /^loader(\.conf)?\.tmp$/,
  "loader/entries": /^nixos-.*\.tmp$/,
};

/**
 * Removes what the system's own installer of boot entries left behind when it was cut off. Its newer versions open `loader.tmp` only where
 * there is none (`write_loader_conf`, mode "x"): after one cut at that moment none of them would install an entry ever again, neither for
 * a change nor for the way back. What cannot be removed is told, and the installer tries all the same.
 */
export async function sweepInstaller(
  system: System,
  espPath: string,
  log: (text: string) => void,
): Promise<void> {
  for (const [folder, unfinished] of Object.entries(UNFINISHED)) {
    const path = posix.join(espPath, folder);
    const names = await system.list(path);
    for (const name of names.ok ? names.value.filter((one) => unfinished.test(one)) : [])
      try {
        await unlink(posix.join(path, name));
        log(`removed what an interrupted installer left: ${name}`);
      } catch (error) {
        log(`what an interrupted installer left is still there: ${String(error)}`);
      }
  }
}
