// Debian packages that the system tests need: a real Nix, a real systemd to boot, a tracer. They change the machine, so
// they are installed only in CI or when a developer says so (FIDUCIAL_TEST_SYSTEM=1); without them those tests are skipped and counted.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const PACKAGES = {
  "nix-bin": "/usr/bin/nix",
  "systemd-container": "/usr/bin/systemd-nspawn",
  debootstrap: "/usr/sbin/debootstrap",
  dbus: "/usr/bin/dbus-daemon",
  procps: "/usr/bin/pgrep",
  curl: "/usr/bin/curl",
};

/** @returns {string[]} packages that are not there */
export function missingPackages() {
  return Object.entries(PACKAGES)
    .filter(([, program]) => !existsSync(program))
    .map(([name]) => name);
}

/**
 * @param {(line: string) => void} say
 * @param {string} command what is to be run again once it may install
 */
export function installSystemPackages(say, command = "npm test") {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const allowed = process.env.CI !== undefined || process.env.FIDUCIAL_TEST_SYSTEM === "1";
  if (!allowed) {
    say(
      `system packages not installed: ${missing.join(", ")}; FIDUCIAL_TEST_SYSTEM=1 ${command} installs them`,
    );
    return;
  }
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    say(`system packages not installed: ${missing.join(", ")}; that needs root on a Debian machine`);
    return;
  }
  say(`installing ${missing.join(", ")}`);
  /** @param {string[]} args */
  const apt = (args) =>
    spawnSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  apt(["update", "-qq"]);
  const installed = apt(["install", "-y", "-qq", "--no-install-recommends", ...missing]);
  if (installed.status !== 0)
    say(`apt-get could not install ${missing.join(", ")}; the tests that need them will be skipped`);
}
