import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { notSpooled } from "#agent/activate/corrupt.ts";
import type { Host } from "#agent/activate/host.ts";
import { readSignedPaths, type SignedPath } from "#agent/activate/signed-list.ts";
import { errorCode, messageOf } from "#agent/link/durable.ts";
import { firstOf, readyPaths } from "#core/change/early.ts";
import { isScanning } from "#core/change/gates.ts";
import { noRoom } from "#core/change/room.ts";
import { narinfoName } from "#core/closure/narinfo.ts";
import { CACHE_FOLDER } from "#core/trust/layout.ts";

/** A batch is over in about a second, so that nobody waits long for its end. */
const BATCH = { paths: 256, bytes: 128 * 1024 * 1024 };
const LISTEN_MS = 500;

/**
 * Copies what has come whole into the store while the rest is on its way, a batch at a time beside the answers. It decides nothing: the
 * journal stays where it is, and the change's own unit copies what is left and proves all of it (docs/decisions/0022).
 */
export class EarlyCopy {
  readonly #host: Host;
  #wanted = false;
  #held = false;
  #failed = false;
  #running: Promise<void> | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  /** There may be more in the spool. */
  look(): void {
    if (this.#failed) return;
    this.#wanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Done when the batch under way is, and no other begins after it until the next look. What failed may then be tried again. */
  async hold(): Promise<void> {
    this.#held = true;
    await this.#running;
    this.#held = false;
    this.#failed = false;
  }

  async #run(): Promise<void> {
    try {
      while (this.#wanted && !this.#held && !this.#failed) {
        this.#wanted = false;
        // What was copied may be what others waited for.
        if (await this.#copyBatch()) this.#wanted = true;
      }
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  /** Nothing is decided here: the change's own copy meets it again, and ends the change where it has to. */
  #fail(detail: string): void {
    this.#failed = true;
    this.#host.log(`copying ahead: ${detail}`);
  }

  /** Whether something was copied. */
  async #copyBatch(): Promise<boolean> {
    const host = this.#host;
    const journal = await host.records.journal();
    if (journal.step !== "offered" || isScanning(host.safety.heard())) return false;
    const batch = await nextBatch(host);
    if (batch.length === 0) return false;
    const copied = await untilScan(host, (signal) => host.store.copyEarly(batch, signal));
    if (copied.ok) {
      host.log(`copied ahead: ${batch.length} paths`);
      return true;
    }
    this.#fail(copied.detail);
    return false;
  }
}

async function nextBatch(host: Host): Promise<SignedPath[]> {
  const missing = await host.store.missing(await readSignedPaths(host.folders.state));
  const spooled = await spooledOf(host, missing);
  const batch = firstOf(readyPaths(missing, new Set(spooled.map(({ path }) => path))), BATCH);
  // The rest of the download goes first: without it nothing of this is of use.
  const coming = missing.reduce((sum, one) => sum + one.narSize, 0);
  const here = spooled.reduce((sum, one) => sum + one.narSize, 0);
  const copied = batch.reduce((sum, one) => sum + one.narSize, 0);
  const { freeBytes } = await host.store.space();
  return noRoom({ freeBytes, neededBytes: coming - here + copied }) === null ? batch : [];
}

/** Names first: most of what is missing is not there yet, and each look at a file that is takes several calls. */
async function spooledOf({ folders }: Host, missing: readonly SignedPath[]): Promise<SignedPath[]> {
  const names = new Set(await namesIn(join(folders.spool, CACHE_FOLDER)));
  const named = missing.filter(({ path }) => names.has(narinfoName(path)));
  const absent = new Set(await notSpooled(folders, named));
  return named.filter((one) => !absent.has(one));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "") throw error;
    return [];
  }
}

/** While somebody scans this machine has nothing else to do, by the daemon's own word (ACT-2, SEE-17). */
async function untilScan<T>(host: Host, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const listening = setInterval(() => isScanning(host.safety.heard()) && stop.abort(), LISTEN_MS);
  try {
    return await work(stop.signal);
  } finally {
    clearInterval(listening);
  }
}
