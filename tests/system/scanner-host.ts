import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Debian, hostRoot } from "./host-root.ts";
import { ownLibraries, shiftClock } from "./own-libraries.ts";

type HostRun = { status: number; stdout: string; stderr: string };

/**
 * A scanner host with a real systemd as PID 1, a real Nix store and Node, sharing the network of this machine. What it writes
 * lives in an overlay folder, so pulling the plug and booting again finds the same disk (not a power cut: the page cache survives).
 */
export type ScannerHost = {
  name: string;
  /** How often it rebooted by itself. */
  readonly reboots: number;
  /** Runs a program inside the host. */
  run(program: string, args: readonly string[], options?: { input?: string }): Promise<HostRun>;
  /** Runs and throws with what the program said when it fails. */
  must(program: string, args: readonly string[], options?: { input?: string }): Promise<string>;
  write(file: string, text: string, mode?: string): Promise<void>;
  /** Every process of the host dies at once. */
  pullPlug(): Promise<void>;
  /** `network`: this machine's own; without it there is nothing but the loopback. */
  boot(options?: { network?: boolean }): Promise<void>;
  /** Its wall clock goes so many milliseconds off this machine's, from now on; only where it has a disk of its own. */
  shiftClock(ms: number): void;
  /** Pulls the plug and removes what the host wrote. */
  remove(): Promise<void>;
};

/** A disk of the host's own, from which a pulled plug takes what was not written yet (cut-disk.ts). */
export type HostDisk = {
  /** Makes it ready for a boot: the folder that the overlay writes to, and what of it is seen where in the host (`folder:where`). */
  attach(): Promise<{ folder: string; share: readonly string[] }>;
  /** Ends all writing to it and then, at once, this process. */
  cut(leader: number): Promise<void>;
  /** What a reboot in good order writes before it. */
  flush(): Promise<void>;
  detach(): Promise<void>;
  remove(): void;
};

/**
 * `bind`: `folder:where`, read-only; `share`: the same, writable; `init`: what PID 1 is instead of systemd, until it becomes systemd;
 * `network`: whether a boot finds this machine's own where nobody says (yes).
 */
export type HostOptions = {
  bind?: readonly string[];
  share?: readonly string[];
  init?: string;
  ownDisk?: HostDisk;
  network?: boolean;
};

let hosts = 0;

export async function scannerHost(debian: Debian, options: HostOptions = {}): Promise<ScannerHost> {
  const root = await hostRoot(debian);
  hosts += 1;
  const name = `fid-${debian}-${process.pid}-${hosts}`;
  const disk = mkdtempSync(path.join(tmpdir(), `${name}-`));
  const { bind = [], share = [], init = null, ownDisk = null, network = true } = options;
  const machine = new Machine({ name, root, disk, bind, share, init, ownDisk, network });
  await machine.boot();
  return machine;
}

type Plan = {
  name: string;
  root: string;
  disk: string;
  bind: readonly string[];
  share: readonly string[];
  init: string | null;
  ownDisk: HostDisk | null;
  network: boolean;
};

/** How systemd-nspawn with --keep-unit says that the host asked for a reboot. */
const REBOOTS = 133;

class Machine implements ScannerHost {
  readonly name: string;
  readonly #plan: Plan;
  #nspawn: ChildProcess | null = null;
  #leader = 0;
  #network = true;
  #ownShare: readonly string[] = [];
  /** Done when the host is up again after a reboot of its own. */
  #coming: Promise<void> = Promise.resolve();
  reboots = 0;

  constructor(plan: Plan) {
    this.name = plan.name;
    this.#plan = plan;
    if (plan.ownDisk !== null) this.shiftClock(0);
  }

  shiftClock(ms: number): void {
    shiftClock(this.#plan.disk, ms);
  }

  async boot({ network = this.#plan.network }: { network?: boolean } = {}): Promise<void> {
    this.#network = network;
    const { root, disk, ownDisk } = this.#plan;
    const { folder, share } = (await ownDisk?.attach()) ?? { folder: disk, share: [] };
    this.#ownShare = share;
    const merged = path.join(disk, "merged");
    await must("mkdir", ["-p", path.join(folder, "upper"), path.join(folder, "work"), merged]);
    await must("mount", [
      ...["-t", "overlay", "overlay"],
      ...["-o", `lowerdir=${root},upperdir=${folder}/upper,workdir=${folder}/work`, merged],
    ]);
    await this.#start();
  }

  async #start(): Promise<void> {
    const { name, disk, bind, share, init } = this.#plan;
    const node = process.execPath;
    const log = path.join(disk, "console.log");
    const arguments_ = [
      ...[
        "-q",
        "-D",
        path.join(disk, "merged"),
        "-M",
        name,
        "--register=no",
        "--keep-unit",
        "--resolv-conf=off",
      ],
      ...["--timezone=off", "--console=pipe", `--bind-ro=${node}:/usr/local/bin/node`],
      ...bind.map((one) => `--bind-ro=${one}`),
      ...[...this.#ownShare, ...share].map((one) => `--bind=${one}`),
      ...(this.#network ? [] : ["--private-network"]),
      ...(await ownLibraries(this.#plan.ownDisk === null ? null : disk)),
      ...(init === null ? ["--boot", "systemd.mask=systemd-networkd.service"] : [init]),
    ];
    const nspawn = spawn(
      "sh",
      ["-c", 'exec systemd-nspawn "$@" >>"$0" 2>&1 </dev/null', log, ...arguments_],
      {
        stdio: "ignore",
      },
    );
    this.#nspawn = nspawn;
    this.#leader = 0;
    nspawn.once("exit", (status) => {
      if (status !== REBOOTS || this.#nspawn !== nspawn) return;
      this.reboots += 1;
      this.#coming = (this.#plan.ownDisk?.flush() ?? Promise.resolve()).then(() => this.#start());
      this.#coming.catch(() => undefined);
    });
    await this.#untilRunning(nspawn, log);
  }

  async #untilRunning(nspawn: ChildProcess, log: string): Promise<void> {
    const said = () => readFileSync(log, "utf8").slice(-2000);
    for (let tries = 0; tries < 600; tries += 1) {
      await sleep(50);
      // It rebooted itself while it was coming up; what comes up then is what was waited for.
      if (nspawn.exitCode === REBOOTS) return this.#coming;
      if (nspawn.exitCode !== null) throw new Error(`host did not boot: ${said()}`);
      const leader = Number((await execute("pgrep", ["-P", String(nspawn.pid)])).stdout.split("\n")[0]);
      if (!(leader > 0)) continue;
      this.#leader = leader;
      const state = (await this.#inside("systemctl", ["is-system-running"]).catch(() => null))?.stdout.trim();
      if (state === "running" || state === "degraded") return;
    }
    throw new Error(`host did not come up: ${said()}`);
  }

  /** What a reboot of the host's own cut off is run again when it is up. */
  async run(program: string, args: readonly string[], options: { input?: string } = {}): Promise<HostRun> {
    await this.#coming;
    const nspawn = this.#nspawn;
    const ran = await this.#inside(program, args, options).catch((error: unknown) => error);
    if (nspawn?.exitCode === REBOOTS || this.#nspawn !== nspawn)
      return await this.run(program, args, options);
    if (ran instanceof Error) throw ran;
    return ran as HostRun;
  }

  #inside(program: string, args: readonly string[], options: { input?: string } = {}): Promise<HostRun> {
    const inside = [
      "-t",
      String(this.#leader),
      "-a",
      "env",
      "-i",
      "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ];
    return execute("nsenter", [...inside, "HOME=/root", program, ...args], options.input);
  }

  async must(program: string, args: readonly string[], options: { input?: string } = {}): Promise<string> {
    const ran = await this.run(program, args, options);
    if (ran.status !== 0)
      throw new Error(`${program} ${args.join(" ")} in ${this.name}: ${ran.stderr || ran.stdout}`);
    return ran.stdout;
  }

  async write(file: string, text: string, mode = "0644"): Promise<void> {
    const script = 'mkdir -p "$(dirname "$1")" && cat >"$1" && chmod "$2" "$1"';
    await this.must("sh", ["-c", script, "sh", file, mode], { input: text });
  }

  async pullPlug(): Promise<void> {
    const nspawn = this.#nspawn;
    if (nspawn === null) return;
    this.#nspawn = null;
    const { ownDisk, disk } = this.#plan;
    const gone = new Promise((resolve) => nspawn.once("exit", resolve));
    if (nspawn.exitCode === null) {
      const leader = this.#leader > 0 ? this.#leader : (nspawn.pid ?? 0);
      if (ownDisk === null) process.kill(leader, "SIGKILL");
      else await ownDisk.cut(leader);
      await gone;
    }
    await must("umount", ["-l", path.join(disk, "merged")]);
    await ownDisk?.detach();
  }

  async remove(): Promise<void> {
    await this.pullPlug();
    rmSync(this.#plan.disk, { recursive: true, force: true });
    this.#plan.ownDisk?.remove();
  }
}

const CONTINUE_MS = 1_000;

function execute(program: string, args: readonly string[], input?: string): Promise<HostRun> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    // A host that shuts down stops every process before it kills it; nsenter then stops itself, and would never see the end.
    const goOn = setInterval(() => child.kill("SIGCONT"), CONTINUE_MS);
    child.once("close", () => clearInterval(goOn));
    // A program that ends without reading its input is no failure of ours.
    child.stdin?.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "EPIPE" ? undefined : reject(error),
    );
    if (input === undefined) child.stdin?.destroy();
    else child.stdin?.end(input);
  });
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const ran = await execute(program, args);
  if (ran.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${ran.stderr}`);
}
