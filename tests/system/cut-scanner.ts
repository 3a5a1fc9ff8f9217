import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Plugin } from "esbuild";
import { until } from "#tests/support/portal.ts";
import { buildAgent } from "../../scripts/build-agent.mjs";
import { Canary } from "./canary.ts";
import { ChangeScanner, STUB_SCANNER_ID } from "./change-scanner.ts";
import type { Cut } from "./cut-cases.ts";
import { CutDisk, type LAST_CANARY } from "./cut-disk.ts";
import { QUICK_HEALTH, type SystemPlan } from "./nixos-host.ts";
import { type Built, Workshop } from "./workshop.ts";

const exec = promisify(execFile);

/** Outside of the scanner's disk: what the harness makes durable must not make the scanner's own files durable with it. */
const FAULTS_FILE = "faults";

/** Something to lose: a dozen packages of several files each, others in each system. */
const BULK = Array.from({ length: 12 }, (_, index) => ({ name: `part-${index}`, kib: 256, needs: [] }));

/** A sick target is given up sooner, so that the sweep ends. */
const HEALTH = {
  healthy: QUICK_HEALTH,
  sick: { ...QUICK_HEALTH, budgets: { ...QUICK_HEALTH.budgets, probationMs: 6_000 } },
} as const;

type Numbered = Built & { kernel: number };
type Asked = Pick<Cut, "target" | "way">;
type More = { plan?: Omit<SystemPlan, "version" | "kernel">; budgets?: object };
export type Begun = { changeId: string; was: string; to: string };

/** A scanner on a disk that loses what was not written, and its workshop; made anew when a case left it half way. */
export class CutScanner {
  readonly workshop: Workshop;
  readonly #mountOptions: string;
  #scanner: ChangeScanner | null = null;
  #disk: CutDisk | null = null;
  #number = 0;
  readonly #built = new Map<string, Numbered>();

  private constructor(workshop: Workshop, mountOptions: string) {
    this.workshop = workshop;
    this.#mountOptions = mountOptions;
  }

  /** `plugins`: of esbuild, that take a safeguard out of the scanner's programs. */
  static async open(options: { plugins?: Plugin[]; mountOptions?: string } = {}): Promise<CutScanner> {
    const workshop = await Workshop.open({ scannerId: STUB_SCANNER_ID, changes: { liveSwitch: true } });
    const { plugins = [], mountOptions = "defaults" } = options;
    await buildAgent(path.join(workshop.nixos.shared, "faulty"), {
      faults: `/shared/${FAULTS_FILE}`,
      plugins,
    });
    return new CutScanner(workshop, mountOptions);
  }

  get scanner(): ChangeScanner {
    if (this.#scanner === null) throw new Error("no scanner yet");
    return this.#scanner;
  }

  get disk(): CutDisk {
    if (this.#disk === null) throw new Error("no disk yet");
    return this.#disk;
  }

  async build(kernel: number, plan: Omit<SystemPlan, "version" | "kernel">): Promise<Numbered> {
    this.#number += 1;
    const bulk = JSON.stringify(BULK.map((one) => ({ ...one, name: `${one.name}-${this.#number}` })));
    const names = { version: `f${this.#number}`, programs: "/shared/faulty", kernel: `6.12.${kernel}`, bulk };
    const made = { ...(await this.workshop.build({ ...names, ...plan })), kernel };
    this.#built.set(made.toplevel, made);
    return made;
  }

  /** What runs, on a scanner at rest. */
  async atRest(): Promise<Numbered> {
    const found = this.#scanner === null ? null : await this.#resting().catch(() => null);
    if (found !== null) return found;
    await this.#scanner?.remove();
    const first = await this.build(1, {});
    this.#disk = await CutDisk.make("trixie", this.#mountOptions);
    this.#scanner = await ChangeScanner.install("trixie", this.workshop, first, this.#disk);
    return first;
  }

  async #resting(): Promise<Numbered | null> {
    const { current, booted, profile } = await this.scanner.nixos.seen();
    const found = this.#built.get(current);
    const status = await this.scanner.ask({ verb: "status" });
    if (status.answer !== "status" || status.step !== "rest" || found === undefined) return null;
    return profile === current && this.#built.get(booted)?.kernel === found.kernel ? found : null;
  }

  /** A new release and the word to take it, at the server; nobody has brought them to the scanner. */
  async offer({ target, way }: Asked, was: Numbered, more: More = {}): Promise<Begun> {
    const { scanner } = this;
    const to = await this.build(way === "reboot" ? was.kernel + 1 : was.kernel, {
      ...(target === "sick" ? { safety: "failing" } : {}),
      ...more.plan,
    });
    const health = HEALTH[target];
    const budgets = { ...health.budgets, ...more.budgets };
    scanner.release(`f${this.#number}`, this.#number, to, { ...health, budgets });
    const changeId = scanner.instruct(`f${this.#number}`, to);
    return { changeId, was: was.toplevel, to: to.toplevel };
  }

  /** Asks for a new release, with the faults waiting for it, a line for each (agent/activate/faulting.ts). */
  async begin(asked: Asked, was: Numbered, faults: readonly string[], more: More = {}): Promise<Begun> {
    const { scanner } = this;
    // Before there is anything to take: the scanner may look by itself.
    writeFileSync(this.#fault(""), `${faults.join("\n")}\n`);
    for (const left of [".parked", ".held"]) rmSync(this.#fault(left), { force: true });
    const begun = await this.offer(asked, was, more);
    // The agent's own look after a boot may still put back what was there before.
    await until("the instruction to be taken", 60_000, async () => {
      await scanner.fillSpool();
      // As fiducial-fetch does before it asks (agent/fetch/spool.ts).
      await this.disk.flush();
      const { answer } = await scanner.ask({ verb: "consider" });
      return answer === "nothing" ? null : true;
    });
    return begun;
  }

  #fault(suffix: string): string {
    return path.join(this.scanner.nixos.shared, `${FAULTS_FILE}${suffix}`);
  }

  /** The process says that it waits: for the power to go, or to be let go on. */
  async struck(waits: ".parked" | ".held" = ".parked"): Promise<void> {
    await until("the fault to strike", 120_000, async () => (existsSync(this.#fault(waits)) ? true : null));
  }

  /** A process that waits at a point goes on. */
  letGoOn(): void {
    rmSync(this.#fault(".held"));
  }

  /** Lines of faults that have not struck. */
  faultsLeft(): string[] {
    return readFileSync(this.#fault(""), "utf8").split("\n").filter(Boolean);
  }

  /** After a cut: the next fault may strike with the same word. */
  forgetParked(): void {
    rmSync(this.#fault(".parked"), { force: true });
  }

  /** systemd counts how often a unit was started lately; a boot begins that anew, and this stands for one. */
  async restartGuard(): Promise<void> {
    const { host } = this.scanner.nixos;
    // A scanner that reboots by itself meanwhile cancels the job.
    await until("the guard to run again", 120_000, async () => {
      await host.run("systemctl", ["reset-failed", "fiducial-guard.service"]).catch(() => null);
      const ran = await host.run("systemctl", ["restart", "fiducial-guard.service"]).catch(() => null);
      return ran?.status === 0 ? true : null;
    });
  }

  /** Store paths that Nix calls valid and that are not what they were registered as. */
  async damaged(): Promise<string[]> {
    const { host } = this.scanner.nixos;
    const ran = await host.run("nix", ["store", "verify", "--all", "--no-trust"]);
    const named = [...ran.stderr.matchAll(/path '(\/nix\/store\/[^']+)'/g)].map((match) => match[1] ?? "");
    const paths = [...new Set(named)];
    if (ran.status !== 0 && paths.length === 0) throw new Error(`nix store verify: ${ran.stderr}`);
    return paths;
  }

  canary(name: "synced" | "struck" | typeof LAST_CANARY): Canary {
    return new Canary(path.join(this.disk.at("system"), name));
  }

  /** A program of the machine that has the disk, not of the scanner. */
  async onThisMachine(program: string, args: readonly string[]): Promise<void> {
    await exec(program, [...args]);
  }

  /** Between a point and the cut: what the kernel writes meanwhile is what is asked about. */
  async pause(seconds: number): Promise<void> {
    await sleep(seconds * 1000);
  }

  /** The next case gets another scanner. */
  async forget(): Promise<void> {
    await this.#scanner?.remove();
    this.#scanner = null;
  }

  async close(): Promise<void> {
    await this.#scanner?.remove();
    await this.workshop.close();
  }
}
