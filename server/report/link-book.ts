import type { Attention } from "#core/headline/observation.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import { type LinkState, leaveOffline, shiftLink } from "#core/report/link-state.ts";
import type { Sequence } from "#server/scanner/view.ts";

/** Who is heard: a scanner, and the key it spoke with. What was heard under another key says nothing of this machine. */
export type LinkOwner = { scannerId: ScannerId; keyId: string };

/** One scanner's link as this process holds it: the hot row, and what the newest report stored. */
export type LinkEntry = LinkOwner & {
  link: LinkState;
  /** Place of the newest heartbeat: boot, agent start, beat. */
  heartbeat: { bootCounter: number; startCounter: number; beat: number; bootId: string | null };
  /** Digest that the newest heartbeat named. */
  claimedDigest: string | null;
  /** Digest and place of the newest report stored; null: none. */
  stored: { digest: string; place: Sequence; bootId: string } | null;
  /**
   * Digest for which a full report was asked, what was stored then, and since when this has been asked over the same stored report;
   * null: nothing was asked since this process started.
   */
  asked: { digest: string; stored: LinkEntry["stored"]; sinceMs: number } | null;
  outbox: number;
};

export type LinkSource = {
  load: (scanners: readonly LinkOwner[]) => Promise<LinkEntry[]>;
  save: (entries: readonly LinkEntry[]) => Promise<void>;
};

export type LinkBook = {
  /** The entry held, or read from the database together with whatever else is asked for in the same moment. */
  entry: (owner: LinkOwner) => Promise<LinkEntry>;
  /** Reads the entry again: another process may have stored something. */
  reload: (owner: LinkOwner) => Promise<LinkEntry>;
  /** Changes the entry held now (which may be newer than the one given); it is written with the next flush. */
  update: (entry: LinkEntry, change: (held: LinkEntry) => LinkEntry) => void;
  /** The entry held; null: this scanner was not heard since the process started. */
  held: (scannerId: string) => LinkEntry | null;
  /** Writes everything changed since the last flush in one statement; a failure keeps it for the next. */
  flush: () => Promise<void>;
  /** The server's clock was set: every stamp held moves by the same amount, so no silence changes (V-09). */
  shift: (byMs: number) => void;
  /** The server listens anew; until now it had listened like this: who was offline then is held to be offline (V-02). */
  listenAnew: (before: Attention) => void;
  /** Since when flushes have been failing; null: the last one worked. */
  failingSinceMs: () => number | null;
};

const MAX_ENTRIES = 50_000;
const SAVE_AT_ONCE = 1_000;

/**
 * Heartbeats live here and reach the database in batches: one write per beat would cost more than everything else the server
 * does (stack.md §9). What is lost when the process dies is at most the last second of "still here".
 */
export function createLinkBook(source: LinkSource, clock: () => number): LinkBook {
  const entries = new Map<string, LinkEntry>();
  const dirty = new Map<string, LinkEntry>();
  let failingSinceMs: number | null = null;
  const loading = batchedLoader(source.load);

  const keep = (entry: LinkEntry): LinkEntry => {
    entries.delete(entry.scannerId);
    entries.set(entry.scannerId, entry);
    if (entries.size > MAX_ENTRIES) forgetOldest(entries, dirty);
    return entry;
  };
  const reload = async ({ scannerId, keyId }: LinkOwner): Promise<LinkEntry> => {
    const fresh = await loading({ scannerId, keyId });
    const held = entries.get(scannerId);
    if (held?.keyId === keyId) {
      // What was heard since the row was written is newer than the row; what was stored is not.
      return keep({ ...held, stored: fresh.stored });
    }
    dirty.delete(scannerId);
    return keep(fresh);
  };

  const changeAll = (change: (link: LinkState) => LinkState) => {
    for (const map of [entries, dirty])
      for (const [scannerId, entry] of map) map.set(scannerId, { ...entry, link: change(entry.link) });
  };

  return {
    entry: (owner) => {
      const held = entries.get(owner.scannerId);
      return held?.keyId === owner.keyId ? Promise.resolve(held) : reload(owner);
    },
    reload,
    update: (given, change) => {
      const held = entries.get(given.scannerId);
      if (held !== undefined && held.keyId !== given.keyId) return;
      const entry = keep(change(held ?? given));
      dirty.set(entry.scannerId, entry);
    },
    held: (scannerId) => entries.get(scannerId) ?? null,
    flush: async () => {
      try {
        await saveAll(source, dirty);
        failingSinceMs = null;
      } catch (error) {
        failingSinceMs ??= clock();
        throw error;
      }
    },
    shift: (byMs) => changeAll((link) => shiftLink(link, byMs)),
    listenAnew: (before) => changeAll((link) => leaveOffline(link, before)),
    failingSinceMs: () => failingSinceMs,
  };
}

/** A batch that could not be written stays for the next flush, unless something newer was heard meanwhile. */
async function saveAll(source: LinkSource, dirty: Map<string, LinkEntry>): Promise<void> {
  while (dirty.size > 0) {
    const batch = [...dirty.values()].slice(0, SAVE_AT_ONCE);
    for (const entry of batch) dirty.delete(entry.scannerId);
    try {
      await source.save(batch);
    } catch (error) {
      for (const entry of batch) if (!dirty.has(entry.scannerId)) dirty.set(entry.scannerId, entry);
      throw error;
    }
  }
}

function forgetOldest(entries: Map<string, LinkEntry>, dirty: ReadonlyMap<string, LinkEntry>): void {
  for (const scannerId of entries.keys()) {
    if (dirty.has(scannerId)) continue;
    entries.delete(scannerId);
    return;
  }
}

/** After a restart a whole fleet comes at once (V-10): everything asked for within a few milliseconds is one query. */
function batchedLoader(load: LinkSource["load"]): (ask: LinkOwner) => Promise<LinkEntry> {
  let gathering: { asks: Map<string, LinkOwner>; result: Promise<Map<string, LinkEntry>> } | null = null;
  const start = () => {
    const asks = new Map<string, LinkOwner>();
    const result = new Promise<void>((resolve) => setTimeout(resolve, GATHER_MS)).then(async () => {
      gathering = null;
      const loaded = await load([...asks.values()]);
      return new Map(loaded.map((entry) => [entry.scannerId, entry]));
    });
    return { asks, result };
  };
  return async (ask) => {
    gathering ??= start();
    gathering.asks.set(ask.scannerId, ask);
    const entry = (await gathering.result).get(ask.scannerId);
    if (entry === undefined) throw new Error(`no scanner ${ask.scannerId}`);
    return entry;
  };
}

const GATHER_MS = 5;
