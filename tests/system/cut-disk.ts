import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { SONG } from "./canary.ts";
import { type Debian, hostRoot, whyNoHost } from "./host-root.ts";
import type { HostDisk } from "./scanner-host.ts";

const exec = promisify(execFile);

/** Written in the instant before a cut. */
export const LAST_CANARY = "last";

/**
 * A last file is written, ext4 stops writing at once, without its journal (EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: what the
 * kernel's own file system tests cut power with), and then the process dies: the other way round its files would be closed, and written.
 * A disk that is read-only by then keeps no last file.
 */
const CUT = `use Fcntl; use Errno;
my ($leader, $canary, $song) = splice @ARGV, 0, 3;
unlink $canary;
if (open my $last, ">", $canary) { print $last $song; close $last } elsif (not $!{EROFS}) { die "$canary: $!" }
my @disks;
for my $folder (@ARGV) { sysopen(my $disk, $folder, O_RDONLY | O_DIRECTORY) or die "$folder: $!"; push @disks, $disk }
my $without_journal = pack("L", 2);
for (@disks) { defined ioctl($_, 0x8004587D, $without_journal) or die "shut down: $!" }
kill "KILL", $leader or die "kill: $!";`;

/** Bytes; sparse files, of which a scanner of these tests fills a tenth. */
const SIZES = { system: 2 * 1024 ** 3, esp: 64 * 1024 ** 2 };
type Part = keyof typeof SIZES;
const PARTS = Object.keys(SIZES) as Part[];

/** e2fsck -p has put something right. */
const MENDED = 1;

function mended(error: { code?: unknown }): void {
  if (error.code !== MENDED) throw error;
}

/** Programs that a Debian has by itself, and a kernel that gives loop devices. */
export function whyNoCut(): string | null {
  const why = whyNoHost();
  if (why !== null) return why;
  const missing = ["/dev/loop-control", "/usr/sbin/mkfs.ext4", "/usr/bin/perl"].filter(
    (one) => !existsSync(one),
  );
  if (missing.length > 0) return `${missing.join(", ")} not there`;
  return spawnSync("losetup", ["--find"]).status === 0 ? null : "this kernel gives no loop device";
}

/**
 * A disk that loses what was not written when power goes: /nix, /var, everything else that is not as Debian made it, and the ESP as a
 * file system of its own, all on ext4 (data=ordered) in files below a loop device. EFI variables are no part of a disk: they stay.
 * What it does not have: a write cache of the drive, and vfat, whose rename is not atomic.
 */
export class CutDisk implements HostDisk {
  readonly #folder: string;
  readonly #mountOptions: string;
  /** What e2fsck said after the last cut, of each part; 0: clean. */
  fsck: Record<Part, number> = { system: 0, esp: 0 };

  private constructor(folder: string, mountOptions: string) {
    this.#folder = folder;
    this.#mountOptions = mountOptions;
  }

  static async make(debian: Debian, mountOptions = "defaults"): Promise<CutDisk> {
    const disk = new CutDisk(mkdtempSync(path.join(tmpdir(), "fid-disk-")), mountOptions);
    mkdirSync(disk.efiVariables);
    for (const part of PARTS) {
      mkdirSync(disk.at(part));
      await exec("truncate", ["-s", String(SIZES[part]), disk.#image(part)]);
      // Written now, so that no kernel thread writes it while power goes.
      await exec("mkfs.ext4", ["-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", disk.#image(part)]);
    }
    await disk.attach();
    mkdirSync(path.join(disk.at("system"), "nix"));
    const root = await hostRoot(debian);
    const copy = 'tar -C "$1" -c --exclude=var/cache --exclude=var/lib/apt var | tar -C "$2" -x';
    await exec("sh", ["-c", copy, "sh", root, disk.at("system")]);
    await disk.flush();
    await disk.detach();
    return disk;
  }

  /** Where this machine sees a part while it is attached. */
  at(part: Part): string {
    return path.join(this.#folder, part);
  }

  private get efiVariables(): string {
    return path.join(this.#folder, "efivars");
  }

  #image(part: Part): string {
    return path.join(this.#folder, `${part}.img`);
  }

  /** As a person chooses in the boot loader's menu. */
  bootOnce(entry: string): void {
    writeFileSync(path.join(this.efiVariables, "LoaderEntryOneShot"), `${entry}\n`);
  }

  async attach(): Promise<{ folder: string; share: readonly string[] }> {
    for (const part of PARTS)
      await exec("mount", ["-o", `loop,${this.#mountOptions}`, this.#image(part), this.at(part)]);
    const system = this.at("system");
    return {
      folder: system,
      share: [
        ...["nix", "var"].map((name) => `${system}/${name}:/${name}`),
        `${this.at("esp")}:/boot`,
        `${this.efiVariables}:/var/lib/efivars`,
      ],
    };
  }

  /** What has reached the block device by then is copied before anything is unmounted, and is the disk from now on. */
  async cut(leader: number): Promise<void> {
    try {
      await exec("perl", [
        "-e",
        CUT,
        String(leader),
        path.join(this.at("system"), LAST_CANARY),
        SONG,
        ...PARTS.map((part) => this.at(part)),
      ]);
    } catch (error) {
      process.kill(leader, "SIGKILL");
      throw error;
    }
    for (const part of PARTS) {
      const image = this.#image(part);
      await exec("cp", ["--sparse=always", image, `${image}.cut`]);
    }
  }

  async flush(): Promise<void> {
    await exec("sync", ["--file-system", ...PARTS.map((part) => this.at(part))]);
  }

  async detach(): Promise<void> {
    for (const part of PARTS) {
      await exec("umount", [this.at(part)]);
      const image = this.#image(part);
      if (!existsSync(`${image}.cut`)) continue;
      renameSync(`${image}.cut`, image);
      await this.#replay(part);
    }
  }

  /** The kernel replays the journal, as at a boot; whether what it leaves is whole is asked of e2fsck, which changes nothing. */
  async #replay(part: Part): Promise<void> {
    // ext4 noted its own error, and a boot begins by looking into that (systemd-fsck).
    if (this.#mountOptions.includes("errors="))
      await exec("e2fsck", ["-f", "-p", this.#image(part)]).catch(mended);
    await exec("mount", ["-o", `loop,${this.#mountOptions}`, this.#image(part), this.at(part)]);
    await exec("umount", [this.at(part)]);
    const checked = exec("e2fsck", ["-f", "-n", this.#image(part)]);
    this.fsck[part] = await checked.then(
      () => 0,
      (error: { code?: unknown }) => (typeof error.code === "number" ? error.code : -1),
    );
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
