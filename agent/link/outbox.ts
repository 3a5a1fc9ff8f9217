import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Order } from "#agent/link/counters.ts";
import {
  durableFolder,
  durableWrite,
  errorCode,
  messageOf,
  removeIfThere,
  syncFolder,
  UNFINISHED,
} from "#agent/link/durable.ts";
import { compareOrder } from "#core/identity/judge.ts";

/**
 * Reports wait here until the server has signed for them (SEE-14, V-01): one file per report, durable before it is first sent,
 * sent in order, removed only after the acknowledgement. A crash leaves a report here that the server already has; it is sent
 * again and stored once (V-05). The folder is bounded; what has to go is counted before it goes.
 */
export type OutboxLimits = { reports: number; bytes: number };
const OUTBOX_LIMITS: OutboxLimits = { reports: 2_000, bytes: 64 * 1024 * 1024 };

export type Waiting = {
  order: Order;
  /** The first report of an agent start: it shows the reboot or restart, so it outlives the reports between. */
  first: boolean;
  bytes: number;
};
type WaitingReport = { order: Order; bootId: string | null; body: Buffer };
export type Outbox = {
  readonly count: number;
  /** Highest order that ever had a file here and is still named. */
  readonly highest: Order | null;
  /**
   * Makes the report durable. When the disk refuses (full, read-only) the newest report is held in memory instead, so that a
   * scanner with a full disk can still say so; the answer is then what the disk said, else null.
   */
  append(order: Order, first: boolean, body: Buffer): Promise<string | null>;
  /** The oldest waiting report with its bytes as written, or null. A file that the disk lost or tore is counted and skipped. */
  oldest(): Promise<WaitingReport | null>;
  /** Boot that the newest report here was made in; null: none is here, or it cannot be read. */
  newestBootId(): Promise<string | null>;
  remove(order: Order): Promise<void>;
  /** Gives up every waiting report (another identity), counted; returns how many. */
  clear(): Promise<number>;
};

type Entry = Waiting & { name: string };
const NAME = /^(\d{10})-(\d{10})-(\d{10})(-first)?\.json$/;

export type OutboxOptions = {
  folder: string;
  limits?: OutboxLimits;
  /** Counts reports *before* they are removed unsent; false: not durably counted, so files must stay. */
  dropped: (reports: number, why: string) => Promise<boolean>;
};

export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const limits = options.limits ?? OUTBOX_LIMITS;
  await durableFolder(options.folder);
  let entries = await readEntries(options.folder);
  let unsaved: WaitingReport | null = null;

  async function drop(chosen: readonly Entry[], why: string): Promise<number> {
    if (chosen.length > 0 && (await options.dropped(chosen.length, why))) await forget(chosen);
    return chosen.length;
  }
  async function forget(chosen: readonly Entry[]): Promise<void> {
    if (chosen.length === 0) return;
    for (const entry of chosen) await removeIfThere(join(options.folder, entry.name));
    await syncFolder(options.folder);
    entries = entries.filter((entry) => !chosen.includes(entry));
  }
  async function save(order: Order, first: boolean, body: Buffer): Promise<string | null> {
    try {
      await drop(tooMany(entries, body.length, limits), "the outbox is full");
      const name = nameOf(order, first);
      await durableWrite(join(options.folder, name), body);
      entries.push({ order, first, bytes: body.length, name });
      return null;
    } catch (error) {
      if (errorCode(error) === "") throw error;
      return messageOf(error);
    }
  }

  return {
    get count() {
      return entries.length + (unsaved === null ? 0 : 1);
    },
    get highest() {
      return unsaved?.order ?? entries.at(-1)?.order ?? null;
    },
    async append(order, first, body) {
      if (unsaved !== null) await options.dropped(1, "the disk refused to keep it");
      unsaved = null;
      const refusal = await save(order, first, body);
      if (refusal !== null) unsaved = { order, bootId: bootIdOf(JSON.parse(body.toString("utf8"))), body };
      return refusal;
    },
    async oldest() {
      for (;;) {
        const entry = entries[0];
        if (entry === undefined) return unsaved;
        const report = await readWhole(join(options.folder, entry.name), entry.order);
        if (typeof report !== "string") return report;
        await options.dropped(1, `report ${entry.order.seq} was damaged on disk: ${report}`);
        await forget([entry]);
      }
    },
    async newestBootId() {
      const entry = entries.at(-1);
      if (entry === undefined) return null;
      const report = await readWhole(join(options.folder, entry.name), entry.order);
      return typeof report === "string" ? null : report.bootId;
    },
    async remove(order) {
      if (unsaved !== null && compareOrder(unsaved.order, order) === 0) unsaved = null;
      await forget(entries.filter((entry) => compareOrder(entry.order, order) === 0));
    },
    clear: () => drop(entries, "this machine was enrolled anew"),
  };
}

function nameOf(order: Order, first: boolean): string {
  const digits = [order.bootCounter, order.startCounter, order.seq].map((one) =>
    String(one).padStart(10, "0"),
  );
  return `${digits.join("-")}${first ? "-first" : ""}.json`;
}

async function readEntries(folder: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const name of await readdir(folder)) {
    if (name.endsWith(UNFINISHED)) await removeIfThere(join(folder, name));
    const match = NAME.exec(name);
    if (match === null) continue;
    const [bootCounter = 0, startCounter = 0, seq = 0] = match.slice(1, 4).map(Number);
    const { size } = await stat(join(folder, name));
    entries.push({
      name,
      order: { bootCounter, startCounter, seq },
      first: match[4] !== undefined,
      bytes: size,
    });
  }
  return entries.sort((a, b) => compareOrder(a.order, b.order));
}

/**
 * Which waiting reports make room for the next: the oldest in between go first, then the oldest firsts of a start. The newest
 * always stays: it is the state of the scanner now, and the report that is about to come is newer still.
 */
export function tooMany<T extends Waiting>(entries: readonly T[], bytes: number, limits: OutboxLimits): T[] {
  let reports = entries.length + 1;
  let total = entries.reduce((sum, entry) => sum + entry.bytes, bytes);
  const candidates = [...entries.filter((entry) => !entry.first), ...entries.filter((entry) => entry.first)];
  const chosen: T[] = [];
  for (const entry of candidates) {
    if (reports <= limits.reports && total <= limits.bytes) break;
    chosen.push(entry);
    reports -= 1;
    total -= entry.bytes;
  }
  return chosen;
}

/** The bytes of a report whose content names the order its file name does; else what is wrong with it. */
async function readWhole(path: string, order: Order): Promise<WaitingReport | string> {
  let body: Buffer;
  try {
    body = await readFile(path);
  } catch (error) {
    // Only what the disk itself lost is given up; a refused or overloaded read is tried again later.
    if (["EIO", "ENOENT", "EUCLEAN"].includes(errorCode(error))) return messageOf(error);
    throw error;
  }
  if (body.length === 0) return "is empty";
  try {
    const json: unknown = JSON.parse(body.toString("utf8"));
    if (typeof json === "object" && json !== null && "seq" in json && json.seq === order.seq)
      return { order, bootId: bootIdOf(json), body };
  } catch (error) {
    return messageOf(error);
  }
  return "is another report";
}

function bootIdOf(json: unknown): string | null {
  if (typeof json !== "object" || json === null || !("bootId" in json)) return null;
  return typeof json.bootId === "string" ? json.bootId : null;
}
