import { writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import * as z from "zod";
import type { Context, Effort } from "#tests/bench/bench.ts";
import { bulkPackages } from "#tests/bench/bulk.ts";
import { type Entered, marksOf, phasesOf, stepsEntered } from "#tests/bench/change-times.ts";
import { number } from "#tests/bench/figure.ts";
import { STUB_SCANNER_ID } from "#tests/support/stub-server.ts";
import { ChangeScanner } from "#tests/system/change-scanner.ts";
import { QUICK_HEALTH } from "#tests/system/nixos-host.ts";
import { type Built, Workshop } from "#tests/system/workshop.ts";

/** Long enough that nothing is confirmed before it is looked at. */
export const LONG_PROBATION = {
  ...QUICK_HEALTH,
  budgets: { ...QUICK_HEALTH.budgets, probationMs: 120_000, safetyHealthyMs: 90_000 },
};
export { QUICK_HEALTH };

const ACTIVATE = "/nix/var/nix/gcroots/fiducial/guard/fiducial-activate.mjs";
const PROFILE = "/nix/var/nix/profiles/system";
export const SET = `nix-env --profile ${PROFILE} --set`;
/** Of the closure that is measured: at least a gigabyte where it counts (decisions.md). */
export const BULK: Record<Effort, { count: number; mib: number }> = {
  short: { count: 150, mib: 250 },
  usual: { count: 600, mib: 980 },
  long: { count: 600, mib: 980 },
};
/** An instruction to go back may not stand for long (core/trust/accept.ts). */
const ASKED_MS = 10 * 60_000;
const TOLD = "/run/fiducial/change.json";
const TOLD_EVERY_S = 0.25;
const TOLD_TRIES = 1200;
const TOLD_AGAIN_MS = 20_000;
const ENDS: readonly string[] = [
  "refused",
  "confirmed",
  "rolled-back",
  "rollback-failed",
  "expired",
  "cancelled",
];

/** Of `/run/fiducial/change.json`, which also says that there is no change. */
const toldSchema = z.object({
  state: z.string(),
  changeId: z.string().nullable(),
  reason: z.string().nullable(),
});

type Change = { name: string; built: Built; action?: "activate" | "rollback" };
export type Begun = { changeId: string; beganMs: number; steps: () => Promise<Entered[]> };

/** A scanner host and the workshop that signs for it, on Debian 13 (Nix 2.26): what both benches of changes stand on. */
export class ChangeBed {
  readonly scanner: ChangeScanner;
  readonly workshop: Workshop;
  readonly factory: Built;
  #counter = 0;
  #directorVersion = 1;

  private constructor(scanner: ChangeScanner, workshop: Workshop, factory: Built) {
    this.scanner = scanner;
    this.workshop = workshop;
    this.factory = factory;
  }

  static async make(context: Context): Promise<ChangeBed> {
    context.progress("booting a workshop and a scanner");
    const workshop = await Workshop.open({ scannerId: STUB_SCANNER_ID, changes: { liveSwitch: true } });
    context.atEnd(() => workshop.close());
    const factory = await workshop.build({ version: "0" });
    const scanner = await ChangeScanner.install("trixie", workshop, factory);
    scanner.server.keepsFiles = true;
    context.atEnd(() => scanner.remove());
    return new ChangeBed(scanner, workshop, factory);
  }

  /** Builds and signs one release. `bulk`: how many packages of how many MiB together it carries beside the system itself. */
  async release(
    name: string,
    { version, bulk, health }: { version: string; bulk: { count: number; mib: number }; health: object },
  ): Promise<Built> {
    const packages = bulkPackages("1", bulk.count, bulk.mib);
    const built = await this.workshop.build({ version, bulk: JSON.stringify(packages) });
    this.#counter += 1;
    this.scanner.release(name, this.#counter, built, health);
    return built;
  }

  /** The director asks; the change begins when the scanner fetches the director's new word. */
  async begin({ name, built, action = "activate" }: Change): Promise<Begun> {
    const { server } = this.scanner;
    const nowMs = Date.now();
    const window = { notBeforeMs: nowMs, notAfterMs: nowMs + ASKED_MS };
    const changeId = this.scanner.instruct(name, built, { action, ...window });
    const seen = new Promise<number>((resolve) => {
      server.onFile = (file) => {
        if (/^\/director\/[^/]+\/timestamp\.json$/.test(file)) resolve(Date.now());
      };
    });
    server.reply = () => ({ acknowledge: { directorVersion: this.#directorVersion } });
    // The first word that an agent hears after its start is no news to it.
    const tell = () => {
      this.#directorVersion += 1;
    };
    tell();
    const again = setInterval(tell, TOLD_AGAIN_MS);
    const beganMs = await seen.finally(() => clearInterval(again));
    return { changeId, beganMs, steps: () => this.#stepsSince(beganMs) };
  }

  /** Asked in one shell on the host: every question from here would fork a process that holds all of the server's files, and only ours is asked. */
  async untilTold(changeId: string, states: readonly string[]): Promise<void> {
    const words = [...states, ...ENDS].map((state) => `-e '"state":"${state}"'`).join(" ");
    const said = await this.sh(`for left in $(seq ${TOLD_TRIES}); do
        ! grep -q '"changeId":"${changeId}"' ${TOLD} || ! grep -q ${words} ${TOLD} || break
        sleep ${TOLD_EVERY_S}
      done
      cat ${TOLD}`);
    const told = toldSchema.parse(JSON.parse(said));
    if (told.changeId === changeId && states.includes(told.state)) return;
    const why =
      told.changeId === changeId && ENDS.includes(told.state)
        ? `the change is ${told.state}: ${told.reason}`
        : `not ${states.join(", ")} in time`;
    throw new Error(`${why}\n${await this.scanner.journal()}`);
  }

  /** The director asks nothing any more. */
  withdraw(): void {
    this.workshop.installation.instruct(null);
  }

  async safety(word: string): Promise<void> {
    await this.sh(`timeout 5 sh -c 'echo ${word} >/run/safetyd.control'`);
  }

  /** Lets a closure that failed be tried again, and the scanner take it, as root on it would. */
  async unblock({ toplevel }: Built): Promise<void> {
    await this.sh(`node ${ACTIVATE} unblock --to ${toplevel} --reason bench`);
    await this.sh(`node ${ACTIVATE} release-hold --reason bench`);
  }

  /** Back to the factory's system by hand, and everything else gone: the next change finds a scanner that has none of it. */
  async forget({ toplevel }: Built): Promise<void> {
    const { factory } = this;
    await this.sh(`set -eu
      [ "$(readlink -f ${PROFILE})" = ${factory.toplevel} ] || nix-env --profile ${PROFILE} --set ${factory.toplevel}
      [ "$(readlink -f /run/current-system)" = ${factory.toplevel} ] || ${factory.toplevel}/bin/switch-to-configuration switch
      nix-env --profile ${PROFILE} --delete-generations old
      rm -f /nix/var/nix/gcroots/fiducial/target
      rm -rf /var/spool/fiducial/cache /root/.cache/nix
      nix-store --gc
      if nix-store --check-validity ${toplevel} 2>/dev/null; then echo it is still there; exit 1; fi
      sync`);
    await forgetDeleted();
  }

  /** Runs a script that says `mark NAME` by itself; seconds from mark to mark. */
  async timedScript<Name extends string>(
    script: string,
    until: Readonly<Record<Name, string>>,
  ): Promise<Record<Name, number>> {
    const marks = marksOf(await this.sh(`set -eu\nmark() { date "+mark $1 %s.%N"; }\nmark begin\n${script}`));
    return phasesOf(marks[0]?.atMs ?? 0, marks, until);
  }

  sh(script: string): Promise<string> {
    return this.scanner.nixos.host.must("sh", ["-c", script]);
  }

  async #stepsSince(sinceMs: number): Promise<Entered[]> {
    const units = ["fiducial-activate", "fiducial-change", "fiducial-deadline"].map(
      (unit) => `-u '${unit}*.service'`,
    );
    const since = `--since=@${Math.floor(sinceMs / 1000)}`;
    const log = await this.sh(
      `journalctl --sync; journalctl --no-pager -o short-unix ${since} ${units.join(" ")}`,
    );
    return stepsEntered(log);
  }
}

/**
 * ext4 passes over inodes that were deleted in the last minutes one by one, as long as their blocks are in memory (`recently_deleted`): beside
 * a gigabyte just collected, that is most of what writing a store costs. No scanner upgrades in the minute after such a collection.
 */
async function forgetDeleted(): Promise<void> {
  await writeFile("/proc/sys/vm/drop_caches", "3");
}

export const NOTE = `A host on Debian 13 with real Nix 2.26 and real systemd; Nix syncs before it registers a path in both halves of a pair, as our module has it (which also sets \`fsync-store-paths\`). NixOS's own
switch-to-configuration is stood in for as docs/stand-in.md says, so its part is shorter than on a scanner. Ours ends where the probation begins, which is by
decision not counted, and includes that the agent was started anew.`;

/** To be asked at the end: how much the machine had to do meanwhile, this bench included. */
export function loadNote(): string {
  const [, five = 0] = loadavg();
  return `Load average of the five minutes before the end: ${number(five)} on ${cpus().length} cores; what ran beside it ran at a higher priority than our download.`;
}

export function sizeNote({ paths }: Built): string {
  const bytes = paths.reduce((sum, one) => sum + one.narSize, 0);
  return `A closure of ${paths.length} paths and ${(bytes / 1e9).toFixed(2)} GB that does not compress; server and scanner share this machine, and the server's files are in memory.`;
}
