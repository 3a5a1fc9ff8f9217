import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { healthContractSchema } from "#core/release/release.ts";
import { until } from "#tests/support/portal.ts";
import type { Debian } from "./host-root.ts";
import { type HostDisk, type ScannerHost, scannerHost } from "./scanner-host.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const STAND_IN = path.join(ROOT, "tests/system/stand-in");
/** As nix/modules renders them; whoever builds the system puts the paths in. */
const UNITS = path.join(ROOT, "nix/units");

/** Arguments of tests/system/stand-in/system.nix; what two systems do not differ in is one store path. */
export type SystemPlan = {
  version: string;
  kernel?: string;
  init?: string;
  motor?: string;
  /** Seconds until the motor daemon runs. */
  slow?: string;
  agent?: string;
  safety?: "python" | "failing";
  fails?: "check" | "activate";
  inhibitors?: string;
  /** JSON for tests/system/stand-in/bulk.nix. */
  bulk?: string;
  /** Any word switches the scanner's own page on. */
  page?: string;
  health?: object;
  /** Folder of the programs of Fiducial as the host sees it. */
  programs?: string;
};

/** As a release would say, but over in seconds. */
export const QUICK_HEALTH = {
  budgets: { activateMs: 60_000, rebootMs: 60_000, probationMs: 20_000, safetyHealthyMs: 2_000 },
  safety: "required",
  unitsActive: ["motor.service"],
  modulesLoaded: [],
};

/**
 * A host whose system is a closure, as on NixOS: a boot loader picks a generation, that generation's init becomes systemd, its units are
 * the ones below /etc, and its own switch-to-configuration changes it. Stand-ins are listed in docs/stand-in.md; Nix and systemd are real.
 */
export class NixosHost {
  readonly host: ScannerHost;
  /** A folder of this machine that the host sees at /shared. */
  readonly shared: string;

  readonly #ownDisk: HostDisk | null;

  private constructor(host: ScannerHost, shared: string, ownDisk: HostDisk | null) {
    this.host = host;
    this.shared = shared;
    this.#ownDisk = ownDisk;
  }

  /**
   * `bind`: more folders of this machine, `folder:where`, read-only; `ownDisk`: one that can lose what was not written yet; `network`:
   * without it there is never more than the loopback.
   */
  static async boot(
    debian: Debian,
    bind: readonly string[] = [],
    ownDisk: HostDisk | null = null,
    { network }: { network: boolean } = { network: true },
  ): Promise<NixosHost> {
    const shared = mkdtempSync(path.join(tmpdir(), "fid-shared-"));
    const host = await scannerHost(debian, {
      bind: [
        `${path.join(ROOT, "dist/agent")}:/opt/fiducial`,
        `${path.join(ROOT, "tests/fixtures/safety-daemons")}:/opt/safety`,
        `${STAND_IN}:/opt/stand-in`,
        ...bind,
      ],
      share: [`${shared}:/shared`],
      init: "/opt/stand-in/boot-loader.sh",
      network,
      ...(ownDisk === null ? {} : { ownDisk }),
    });
    const made = new NixosHost(host, shared, ownDisk);
    await made.#prepare();
    return made;
  }

  /** `etc`: files below /etc of every system that is built from now on, by name. */
  setEtc(files: Readonly<Record<string, string>>): void {
    const folder = path.join(this.shared, "etc");
    rmSync(folder, { recursive: true, force: true });
    const units = readdirSync(UNITS).map(
      (name) => [`systemd/system/${name}`, readFileSync(path.join(UNITS, name), "utf8")] as const,
    );
    for (const [name, text] of [...units, ...Object.entries(files)]) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
  }

  /** Builds a system in the host's own store and gives its toplevel. */
  async build({ health = QUICK_HEALTH, ...plan }: SystemPlan): Promise<string> {
    const told = { etc: "/shared/etc", health: JSON.stringify(healthContractSchema.parse(health)), ...plan };
    const args = Object.entries(told).flatMap(([name, value]) => ["--argstr", name, value]);
    const built = await this.host.must("nix-build", ["/opt/stand-in/system.nix", ...args, "--no-out-link"]);
    return built.trim();
  }

  /** As an installer leaves it: first generation, its boot entry, and booted from it. */
  async install(toplevel: string): Promise<void> {
    await this.host.must("nix-env", ["-p", "/nix/var/nix/profiles/system", "--set", toplevel]);
    await this.host.must(`${toplevel}/install-boot-loader`, [toplevel]);
    await this.#ownDisk?.flush();
    await this.cutPower();
  }

  /** Every process dies at once, and the host boots what its boot loader says. */
  async cutPower(next: { network?: boolean } = {}): Promise<void> {
    await this.host.pullPlug();
    await this.host.boot(next);
  }

  /** Waits until the host has rebooted by itself more often than this, and is up again. */
  async untilRebooted(before: number): Promise<void> {
    await until("the host to reboot", 60_000, async () => (this.host.reboots > before ? true : null));
    await this.host.must("true", []);
  }

  async seen(): Promise<{ current: string; booted: string; profile: string }> {
    const at = async (link: string) => (await this.host.must("readlink", ["-f", link])).trim();
    return {
      current: await at("/run/current-system"),
      booted: await at("/run/booted-system"),
      profile: await at("/nix/var/nix/profiles/system"),
    };
  }

  /** Toplevel that the boot loader would start now, by the variables and files it reads itself. */
  async bootsNext(): Promise<string> {
    const script = `cd /var/lib/efivars 2>/dev/null
      entry=$(cat LoaderEntryOneShot 2>/dev/null || cat LoaderEntryDefault 2>/dev/null || sed -n 's/^default //p' /boot/loader/loader.conf)
      sed -n 's|^options init=\\(/nix/store/[^/]*\\)/init .*|\\1|p' "/boot/loader/entries/$entry"`;
    return (await this.host.must("sh", ["-c", script])).trim();
  }

  async remove(): Promise<void> {
    await this.host.remove();
    rmSync(this.shared, { recursive: true, force: true });
  }

  async #prepare(): Promise<void> {
    const { host } = this;
    this.setEtc({});
    await host.write(
      "/etc/os-release",
      'ID=nixos\nNAME=NixOS\nVERSION_ID="26.05"\nPRETTY_NAME="NixOS 26.05"\n',
    );
    await host.write("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
    await host.write("/etc/nix/nix.conf", readFileSync(path.join(STAND_IN, "nix.conf"), "utf8"));
    for (const user of ["fiducial", "fiducial-page"])
      await host.must("useradd", ["--system", "--user-group", "--no-create-home", user]);
    // systemd-nspawn mounts the host's own boot id over a file in /proc/sys; two of the unit's protections would show the machine's instead.
    await host.write(
      "/usr/local/lib/systemd/system/fiducial-agent.service.d/boot-id.conf",
      "[Service]\nProtectKernelTunables=no\nProtectControlGroups=no\n",
    );
    await host.must("mkdir", ["-p", "/boot/loader/entries"]);
  }
}
