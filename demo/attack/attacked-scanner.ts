import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "#agent/activate/host.ts";
import { readFirstRoots } from "#agent/activate/read-settings.ts";
import { openTrust, type Trust } from "#agent/trust/trust.ts";
import { afterWayBack } from "#core/change/blocked.ts";
import { type Confirmed, NONE_CONFIRMED } from "#core/change/confirmed.ts";
import type { Seen } from "#core/change/event.ts";
import type { Outcome } from "#core/change/plan.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { ChangeTold } from "#core/report/change-kind.ts";
import { instructionText } from "#core/trust/accept.ts";
import { type Instruction, instructionSchema } from "#core/trust/instruction.ts";
import { type Captured, capture } from "#demo/attack/captured-server.ts";
import { serveEvil } from "#demo/attack/evil-http.ts";
import { type Answer, lookByFetcher, lookBySpool } from "#demo/attack/look.ts";
import type { Move } from "#demo/attack/script.ts";
import { healthOf, systemNameOf } from "#demo/ceremony/release-file.ts";
import { Machine } from "#demo/change/machine.ts";
import { openHost } from "#demo/change/open-host.ts";
import type { Pace } from "#demo/change/pace.ts";
import type { SimulatedHost } from "#demo/host/simulated-system.ts";
import { Stage } from "#demo/host/stage.ts";
import { Systems } from "#demo/host/systems.ts";
import { MODEL_NAMES, type ModelName } from "#demo/model/model.ts";
import { type DemoRelease, releaseAheadOf } from "#demo/release/release.ts";

/** Nobody watches a download here: what is shown is the answer. */
const AT_ONCE: Pace = { download: 0, tick: 1, work: 0, boot: 0, wait: 1 };

/** Ends a wait that would last as long as the scan. */
class Waits extends Error {}

type Attacked = {
  /** Of the installation. */
  data: string;
  /** Folder of its own, made here and removed at the end. */
  folder: string;
  /** Of the scanner's own changes: what it believes and remembers is copied from here, and never written. */
  home: string;
  firstRoots: string;
  identity: string;
  scannerId: ScannerId;
  otherScanner: ScannerId;
  host: SimulatedHost;
  stage: Stage;
  /** When the plan's releases were made. */
  plannedMs: number;
  past: () => readonly Confirmed[];
  log: (line: string) => void;
};

/**
 * One simulated scanner before a server in somebody's hands. Fetcher, verifier and activator are a real scanner's, over the simulated
 * host; what they believe and remember is a copy, so that the scanner believes its own server afterwards as before. What they tell goes where
 * the scanner's agent reads it.
 */
export class AttackedScanner {
  readonly #parts: Attacked;
  readonly #host: Host;
  readonly #machine: Machine;
  readonly #trust: Trust;
  readonly #captured: Captured;
  readonly #server: { url: string; close: () => Promise<void> };
  readonly #clock: { aheadMs: number };

  private constructor(
    parts: Attacked,
    made: {
      host: Host;
      machine: Machine;
      trust: Trust;
      captured: Captured;
      server: { url: string; close: () => Promise<void> };
      clock: { aheadMs: number };
    },
  ) {
    this.#parts = parts;
    this.#host = made.host;
    this.#machine = made.machine;
    this.#trust = made.trust;
    this.#captured = made.captured;
    this.#server = made.server;
    this.#clock = made.clock;
  }

  static async open(parts: Attacked): Promise<AttackedScanner> {
    await rm(parts.folder, { recursive: true, force: true });
    await copyMemory(parts);
    const clock = { aheadMs: 0 };
    const machine = new Machine(parts.host, stageAhead(parts), parts.folder);
    const host = await openAttacked(parts, machine, clock);
    const { current } = await host.look.seen();
    const captured = await capture({
      ...{ data: parts.data, folder: join(parts.folder, "served"), scannerId: parts.scannerId },
      ...{ otherScanner: parts.otherScanner, model: parts.host.state.model, current: current ?? "" },
      ...{ last: await lastInstruction(host), nowMs: host.clock.nowMs() },
    });
    await remember(parts, host, captured);
    const trust = openTrust({
      folder: join(parts.folder, "trust"),
      firstRoots: await readFirstRoots(host.folders),
      scannerId: parts.scannerId,
      nowMs: () => host.clock.nowMs(),
    });
    const server = await serveEvil(captured.evil);
    return new AttackedScanner(parts, { host, machine, trust, captured, server, clock });
  }

  /** One move of the attacker, and what the scanner says to it: its fetcher, and should that refuse, its activator as well. */
  async play(move: Move): Promise<Answer[]> {
    await this.#before(move);
    const { evil, situation } = this.#captured;
    move.lay(evil, situation);
    const byFetcher = await this.#look("fetcher");
    // The network half only notes what it refuses. Whoever owned it, too, would bring the files to the half that decides and tells.
    return byFetcher.kind === "refused" && byFetcher.by === "fetcher"
      ? [byFetcher, await this.#look("spool")]
      : [byFetcher];
  }

  /** What runs, was booted and would be, as the scanner itself sees it. */
  seen(): Promise<Seen> {
    return this.#host.look.seen();
  }

  /** The attacker takes back what is asked; a scanner that waits ends its waiting by itself. */
  async takeBack(): Promise<void> {
    this.#captured.evil.point({});
    await this.#look("fetcher");
  }

  async close(): Promise<void> {
    this.#host.close();
    await this.#server.close();
    await rm(this.#parts.folder, { recursive: true, force: true });
  }

  async #look(half: "fetcher" | "spool"): Promise<Answer> {
    try {
      if (half === "spool") return await lookBySpool(this.#host, this.#captured.evil.folder);
      return await lookByFetcher(this.#host, {
        ...{ scannerId: this.#parts.scannerId, trust: this.#trust, url: this.#server.url },
        bring: (missing) => this.#machine.fetched(missing),
      });
    } catch (error) {
      if (!(error instanceof Waits)) throw error;
      return { kind: "waits", gate: error.message };
    }
  }

  async #before({ before }: Move): Promise<void> {
    const { evil, rotate } = this.#captured;
    if (before === "scan-begins")
      this.#parts.host.change((state) => ({ ...state, scan: { state: "running", energised: true } }));
    else if (before === "people-rotate") await rotate();
    else if (before === "next-fails") await this.#failNext();
    else if (before !== undefined) {
      this.#clock.aheadMs += before.waitMs;
      evil.nowMs += before.waitMs;
    }
  }

  /** As the way back from it would leave it: nobody waits for a boot and a probation here. */
  async #failNext(): Promise<void> {
    const { records, clock } = this.#host;
    const { release, toplevel } = this.#captured.situation.next;
    const last: Outcome = {
      state: "rolled-back",
      ...{ changeId: "failed-before", seq: 0, from: null, to: release, toplevel },
      ...{ reason: "health-failed", energised: false, detail: "" },
    };
    await records.saveFailures(afterWayBack(await records.failures(), last, clock.nowMs()));
  }
}

/** Hosts, closures and clock as ever, and one release more that people signed for the attacker's sake. */
function stageAhead({ stage, plannedMs }: Attacked): Stage {
  const releases = Object.fromEntries(
    MODEL_NAMES.map((model) => [model, [...stage.systems.releases(model), releaseAheadOf(model, plannedMs)]]),
  ) as unknown as Record<ModelName, readonly DemoRelease[]>;
  return new Stage({ clock: stage.clock, rounds: stage.rounds, systems: new Systems(releases) });
}

/** What it verified and decided so far; locks of programs that live are theirs. */
async function copyMemory({ home, folder }: Attacked): Promise<void> {
  await mkdir(join(folder, "spool"), { recursive: true, mode: 0o700 });
  for (const name of ["activate", "trust"]) {
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
    await cp(join(home, name), join(folder, name), { recursive: true }).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    });
    await rm(join(folder, name, "agent.lock"), { force: true });
  }
}

async function openAttacked(
  { folder, firstRoots, identity, host, log }: Attacked,
  machine: Machine,
  clock: { readonly aheadMs: number },
): Promise<Host> {
  const opened = await openHost({
    ...{ machine, pace: AT_ONCE, log },
    folders: { state: join(folder, "activate"), spool: join(folder, "spool"), trust: firstRoots, identity },
    unit: { running: () => false, start: () => undefined },
    restartAgent: async () => undefined,
    agentAgeMs: async () => 0,
    goDown: () => undefined,
  });
  const { system, records } = opened;
  return {
    ...opened,
    // No unit carries a change here: whoever considers goes on by itself, as far as the first gate.
    system: {
      ...system,
      run: async (program, args, limits) =>
        program === "systemd-run"
          ? { ok: false, problem: "missing", detail: "no unit is started here" }
          : system.run(program, args, limits),
    },
    clock: {
      ...opened.clock,
      nowMs: () => opened.clock.nowMs() + clock.aheadMs,
      sleep: async (ms) => {
        const { waiting } = { waiting: null, ...(await records.journal()) };
        if (waiting !== null) throw new Waits(waiting);
        await opened.clock.sleep(ms);
      },
    },
    records: {
      ...records,
      tell: async (told) => {
        if (told.state !== "none") host.change((state) => ({ ...state, change: at(told, clock.aheadMs) }));
      },
    },
  };
}

/** In the time of whoever reads it. */
function at(told: ChangeTold, aheadMs: number): ChangeTold {
  return { ...told, sinceMs: told.sinceMs === null ? null : told.sinceMs - aheadMs };
}

async function lastInstruction(host: Host): Promise<Instruction | null> {
  const kept = await host.records.sequence();
  return kept === null ? null : instructionSchema.parse(JSON.parse(kept.text));
}

/** In the copy: the instruction that could be replayed, and that what the floor has left behind since was confirmed here once (E-05). */
async function remember(
  { past, host, stage }: Attacked,
  { records, clock }: Host,
  { situation }: Captured,
): Promise<void> {
  const { last, belowFloor } = situation;
  await records.saveSequence({ seq: last.seq, text: instructionText(last) });
  const kept = await records.confirmed();
  const before = kept.generations.length === 0 ? past() : kept.generations;
  const { model } = host.state;
  const old = stage.systems.releases(model).find(({ name }) => name === belowFloor.release);
  const once: Confirmed[] =
    old === undefined || before.some(({ toplevel }) => toplevel === belowFloor.toplevel)
      ? []
      : [
          {
            ...{ toplevel: belowFloor.toplevel, release: old.name, counter: old.counter },
            ...{ system: systemNameOf(model), closureDigest: old.digest, health: healthOf(model) },
            confirmedAtMs: clock.nowMs(),
          },
        ];
  await records.saveConfirmed({ ...NONE_CONFIRMED, generations: [...before, ...once] });
}
