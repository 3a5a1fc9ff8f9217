import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Host } from "#agent/activate/host.ts";
import { recover, runMachine } from "#agent/activate/machine.ts";
import { readFirstRoots } from "#agent/activate/read-settings.ts";
import { answerTo } from "#agent/activate/serve.ts";
import type { HttpSource } from "#agent/fetch/http-source.ts";
import { runFetch } from "#agent/fetch/run-fetch.ts";
import { openSpool } from "#agent/fetch/spool.ts";
import { messageOf } from "#agent/link/durable.ts";
import { FETCH_EXIT } from "#agent/link/fetch-plan.ts";
import type { FetchChild } from "#agent/link/fetch-runner.ts";
import { openTrust } from "#agent/trust/trust.ts";
import { type Confirmed, NONE_CONFIRMED } from "#core/change/confirmed.ts";
import type { ActivateAnswer, ActivateRequest } from "#core/change/verbs.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { Machine } from "#demo/change/machine.ts";
import { type ChangeFolders, type HostParts, openHost } from "#demo/change/open-host.ts";

export type ChangesParts = Omit<HostParts, "unit" | "goDown" | "folders"> & {
  scannerId: ScannerId;
  /** The scanner's own folder for this; made when it is first asked to change. */
  home: string;
  folders: Pick<ChangeFolders, "trust" | "identity">;
  /** `<server>/agent/v1/tuf`. */
  metadata: HttpSource;
  /** What was confirmed on it before this machine carried its first change. */
  past: () => readonly Confirmed[];
  /** The way down and up again: what the agent sees of a boot. */
  reboot: (boot: () => Promise<void>) => Promise<void>;
};

type NeedPaths = Extract<ActivateAnswer, { answer: "need-paths" }>;

/** What a scanner of the example has fetched is in its store at once. */
const NOTHING_AHEAD = { look: () => undefined, hold: async () => undefined };

/**
 * Fetching, deciding and carrying out, of one simulated scanner: the programs of a real one in this process. Only the NARs are never
 * brought, because nothing is in them; the time they would take passes.
 */
export class ScannerChanges {
  readonly #parts: ChangesParts;
  readonly #folders: ChangeFolders;
  #directorVersion: number | null = null;
  #heard: (() => void)[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #carrying: Promise<void> | null = null;
  #goesDown = false;
  #prepared = false;

  constructor(parts: ChangesParts) {
    this.#parts = parts;
    const { home, folders } = parts;
    this.#folders = { ...folders, state: join(home, "activate"), spool: join(home, "spool") };
  }

  get #machine(): Machine {
    return this.#parts.machine;
  }

  /** With every acknowledgement; 0: never was anything asked of it. */
  see(directorVersion: number): void {
    this.#directorVersion = directorVersion;
    for (const wake of this.#heard.splice(0)) wake();
  }

  /** What the agent starts when it is time to look for changes. */
  fetch(): FetchChild {
    const stop = new AbortController();
    const ended = this.#fetch(stop.signal).catch((error: unknown) => ({
      status: FETCH_EXIT.failed,
      last: messageOf(error),
    }));
    return { ended, stop: () => stop.abort() };
  }

  /** After a start of this program: a change that was under way goes on, or goes back, as after any other death. */
  async resume(): Promise<void> {
    await this.#machine.open();
    const host = await this.#open();
    await recover(host);
    host.close();
  }

  /** Resolves when nothing is carried out any more. */
  async settled(): Promise<void> {
    await this.#last;
    await this.#carrying;
  }

  async #fetch(signal: AbortSignal): Promise<{ status: number; last: string }> {
    while (this.#directorVersion === null && !signal.aborted)
      await new Promise<void>((done) => {
        this.#heard.push(done);
        signal.addEventListener("abort", () => done(), { once: true });
      });
    if (this.#directorVersion === null || this.#directorVersion === 0)
      return { status: FETCH_EXIT.done, last: "nothing was ever asked" };
    await this.#prepare();
    const { scannerId, home, metadata, log } = this.#parts;
    const trust = openTrust({
      folder: join(home, "trust"),
      firstRoots: await readFirstRoots({ trust: this.#folders.trust }),
      scannerId,
      nowMs: Date.now,
    });
    const { result, detail } = await runFetch({
      ...{ trust, scannerId, metadata, caches: [], signal, log },
      spool: openSpool(this.#folders.spool),
      ask: (request) => this.#askAndBring(request, signal),
      clockMs: () => performance.now(),
    });
    return { status: FETCH_EXIT[result], last: `${result}: ${detail}` };
  }

  /** Folders and records, as a life with this machine so far would have left them. */
  async #prepare(): Promise<void> {
    if (this.#prepared) return;
    this.#prepared = true;
    for (const folder of [this.#folders.state, this.#folders.spool, join(this.#parts.home, "trust")])
      await mkdir(folder, { recursive: true, mode: 0o700 });
    await this.#machine.open();
    const host = await this.#open();
    const { generations } = await host.records.confirmed();
    if (generations.length === 0)
      await host.records.saveConfirmed({ ...NONE_CONFIRMED, generations: [...this.#parts.past()] });
    host.close();
  }

  #open(): Promise<Host> {
    return openHost({
      ...this.#parts,
      folders: this.#folders,
      unit: { running: () => this.#carrying !== null, start: () => this.#start() },
      goDown: () => {
        this.#goesDown = true;
      },
    });
  }

  async #askAndBring(request: ActivateRequest, signal: AbortSignal): Promise<ActivateAnswer> {
    let answer = await this.#ask(request);
    while (answer.answer === "need-paths") {
      await this.#bring(answer, signal);
      if (signal.aborted) return { answer: "failed", detail: "told to stop" };
      answer = await this.#ask({ verb: "consider" });
    }
    return answer;
  }

  /** One question after the other, each to a program that was just started. */
  #ask(request: ActivateRequest): Promise<ActivateAnswer> {
    const turn = this.#last.then(async () => {
      const host = await this.#open();
      try {
        return await answerTo(host, request, NOTHING_AHEAD);
      } finally {
        host.close();
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #bring({ missing, totalBytes }: NeedPaths, signal: AbortSignal): Promise<void> {
    const { download, tick } = this.#parts.pace;
    const wanted = missing.reduce((sum, { narSize }) => sum + narSize, 0);
    for (let passed = 0; passed < download; passed += tick) {
      const bytes = Math.round(totalBytes - wanted * (1 - passed / download));
      await this.#ask({ verb: "fetched", bytes, totalBytes });
      await pause(tick, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
    this.#machine.fetched(missing);
  }

  #start(): void {
    if (this.#carrying !== null) return;
    this.#carrying = this.#carry()
      .catch((error: unknown) => this.#parts.log(`the change stopped: ${messageOf(error)}`))
      .finally(() => {
        this.#carrying = null;
      });
  }

  /** `fiducial-activate run`, and after each boot that it asked for what the guard unit does. */
  async #carry(): Promise<void> {
    for (;;) {
      const host = await this.#open();
      await runMachine(host);
      host.close();
      if (!this.#goesDown) return;
      this.#goesDown = false;
      await this.#parts.reboot(() => this.#machine.boot());
      const booted = await this.#open();
      await recover(booted);
      booted.close();
    }
  }
}
