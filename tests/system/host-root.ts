import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);

/** Debian 12 carries Nix 2.8 and systemd 252, Debian 13 Nix 2.26 and systemd 257. */
export const DEBIAN = { bookworm: "Debian 12", trixie: "Debian 13" } as const;
export type Debian = keyof typeof DEBIAN;

/**
 * libdbi-perl is named because debootstrap does not resolve the virtual package that nix-bin's dependency asks for;
 * python3 and perl run the two safety daemons, curl fetches the agent with the very command that the page shows.
 */
const PACKAGES = "systemd,systemd-sysv,dbus,libdbi-perl,nix-bin,python3,curl,ca-certificates";

/** Why no host can be booted here, or null when one can. */
export function whyNoHost(): string | null {
  if (process.platform !== "linux") return "not Linux";
  if (process.getuid?.() !== 0) return "booting a host needs root";
  const missing = ["/usr/bin/systemd-nspawn", "/usr/sbin/debootstrap"].filter(
    (program) => !existsSync(program),
  );
  if (missing.length > 0)
    return `${missing.join(", ")} not installed (set FIDUCIAL_TEST_SYSTEM=1 to allow it)`;
  return null;
}

/** A folder with a Debian root, made once and kept beside the system's other caches; it is only ever used as a lower layer. */
export async function hostRoot(debian: Debian): Promise<string> {
  const cache = process.env.FIDUCIAL_TEST_CACHE ?? "/var/cache/fiducial-test";
  const root = path.join(cache, debian);
  if (existsSync(root)) return root;
  mkdirSync(cache, { recursive: true });
  const part = `${root}.part-${process.pid}`;
  rmSync(part, { recursive: true, force: true });
  await exec("debootstrap", ["--variant=minbase", `--include=${PACKAGES}`, debian, part], {
    maxBuffer: 64 * 1024 * 1024,
  });
  renameSync(part, root);
  return root;
}
