import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Debian, hostRoot } from "./host-root.ts";

type HostRun = { status: number; stdout: string; stderr: string };

/**
 * A scanner host with a real systemd as PID 1, a real Nix store and Node, sharing the network of this machine. What it writes
 * lives in an overlay folder, so pulling the plug and booting again finds the same disk (not a power cut: the page cache survives).
 */
export type ScannerHost = {
  name: string;
  /** Runs a program inside the host. */
  run(program: string, args: readonly string[], options?: { input?: string }): Promise<HostRun>;
  /** Runs and throws with what the program said when it fails. */
  must(program: string, args: readonly string[], options?: { input?: string }): Promise<string>;
  write(file: string, text: string, mode?: string): Promise<void>;
  /** Every process of the host dies at once. */
  pullPlug(): Promise<void>;
  boot(): Promise<void>;
  /** Pulls the plug and removes what the host wrote. */
  remove(): Promise<void>;
};

let hosts = 0;

export async function scannerHost(
  debian: Debian,
  options: { bind?: readonly string[] } = {},
): Promise<ScannerHost> {
  const root = await hostRoot(debian);
  hosts += 1;
  const name = `fid-${debian}-${process.pid}-${hosts}`;
  const disk = mkdtempSync(path.join(tmpdir(), `${name}-`));
  const machine = new Machine({ name, root, disk, bind: options.bind ?? [] });
  await machine.boot();
  return machine;
}

type Plan = { name: string; root: string; disk: string; bind: readonly string[] };

class Machine implements ScannerHost {
  readonly name: string;
  readonly #plan: Plan;
  #nspawn: ChildProcess | null = null;
  #leader = 0;

  constructor(plan: Plan) {
    this.name = plan.name;
    this.#plan = plan;
  }

  async boot(): Promise<void> {
    const { name, root, disk, bind } = this.#plan;
    const node = process.execPath;
    const merged = path.join(disk, "merged");
    await must("mkdir", ["-p", path.join(disk, "upper"), path.join(disk, "work"), merged]);
    await must("mount", [
      ...["-t", "overlay", "overlay"],
      ...["-o", `lowerdir=${root},upperdir=${disk}/upper,workdir=${disk}/work`, merged],
    ]);
    const log = path.join(disk, "console.log");
    const arguments_ = [
      ...["-q", "-D", merged, "-M", name, "--register=no", "--keep-unit", "--resolv-conf=off"],
      ...["--timezone=off", "--console=pipe", `--bind-ro=${node}:/usr/local/bin/node`],
      ...bind.map((one) => `--bind-ro=${one}`),
      ...["--boot", "systemd.mask=systemd-networkd.service"],
    ];
    this.#nspawn = spawn("sh", ["-c", 'exec systemd-nspawn "$@" >"$0" 2>&1 </dev/null', log, ...arguments_], {
      stdio: "ignore",
    });
    await this.#untilRunning(log);
  }

  async #untilRunning(log: string): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      await sleep(50);
      if (this.#nspawn?.exitCode !== null)
        throw new Error(`host did not boot: ${readFileSync(log, "utf8").slice(-2000)}`);
      this.#leader = Number((await execute("pgrep", ["-P", String(this.#nspawn.pid)])).stdout.split("\n")[0]);
      if (!(this.#leader > 0)) continue;
      const state = (await this.run("systemctl", ["is-system-running"])).stdout.trim();
      if (state === "running" || state === "degraded") return;
    }
    throw new Error(`host did not come up: ${readFileSync(log, "utf8").slice(-2000)}`);
  }

  run(program: string, args: readonly string[], options: { input?: string } = {}): Promise<HostRun> {
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
    const gone = new Promise((resolve) => nspawn.once("exit", resolve));
    if (nspawn.exitCode === null) {
      process.kill(this.#leader > 0 ? this.#leader : (nspawn.pid ?? 0), "SIGKILL");
      await gone;
    }
    await must("umount", ["-l", path.join(this.#plan.disk, "merged")]);
  }

  async remove(): Promise<void> {
    await this.pullPlug();
    rmSync(this.#plan.disk, { recursive: true, force: true });
  }
}

function execute(program: string, args: readonly string[], input?: string): Promise<HostRun> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
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
