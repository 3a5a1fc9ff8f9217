import { type PackedOrder, readOrder } from "#core/fleet/order.ts";
import { rankLetter } from "#core/fleet/rank.ts";
import type { Fleet, FleetCounts, FleetRow } from "#server/scanner/view.ts";

/** Questions of the table to the server. */
export type FleetAsk = {
  list: (query: string) => Promise<Fleet>;
  order: (query: string) => Promise<PackedOrder>;
  rows: (ids: readonly string[]) => Promise<{ rows: FleetRow[]; asOfMs: number }>;
  counts: (query: string) => Promise<FleetCounts>;
};

/** What the page shows of the whole; one row is asked for by its id. */
export type FleetSnapshot = {
  /** In the order the reader has in front of them; shorter than `total` until the order of the rest has come. */
  ids: readonly string[];
  total: number;
  counts: FleetCounts;
  /** Scanners whose headline is not the one they stand in this order for. */
  changed: number;
  asOfMs: number;
  /** Why the last question was not answered; null: it was. */
  problem: unknown;
};

/** Ids of one question; what fits in an address with room to spare. */
const BATCH = 80;
/** Changes out of sight that are still looked at one by one; beyond that they are counted as changed. */
const BACKLOG = 400;
/** Rows before and behind those in sight that are read with them. */
const MARGIN = 20;

type Question = "rows" | "legend" | "order";

type Book = {
  ids: readonly string[];
  /** Letter of the headline each id had when the order was made. */
  ranks: Map<string, string>;
  rows: Map<string, FleetRow>;
  /** Nudged since they were read. */
  stale: Set<string>;
  /** Nudged, and nobody looked yet whether their headline changed. */
  unseen: Set<string>;
  changed: Set<string>;
  /** Asked for and not there: not asked for again before somebody says that they changed. */
  gone: Set<string>;
  counted: boolean;
  sight: { from: number; to: number };
};

/**
 * The rows of one query, kept as true as they can be: places stay, what stands in them changes (field-service.md §4.7). The socket
 * only says which scanners changed; `pull` asks for those in sight first, in one question however many they are.
 */
export function createLiveFleet(query: string, first: Fleet, ask: FleetAsk) {
  const book = openBook(first);
  const listeners = new Set<() => void>();
  let snapshot = snapshotOf(first, book.ids, first.total);
  const tell = (change: Partial<FleetSnapshot>) => {
    // Two questions may be on their way, and the one asked first may be answered last.
    const asOfMs = Math.max(snapshot.asOfMs, change.asOfMs ?? 0);
    snapshot = { ...snapshot, ...change, asOfMs, ids: book.ids, changed: changedIn(book, snapshot, change) };
    for (const listener of listeners) listener();
  };
  const { rows, legend, order, hasOrder } = questionsOf({ book, query, ask, tell });
  return {
    query,
    snapshot: () => snapshot,
    row: (id: string | undefined) => (id === undefined ? undefined : book.rows.get(id)),
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** The order of all rows, after the first ones are on the page. */
    loadOrder: order.rest,
    /** Rows in sight, by place. */
    look: (from: number, to: number) => {
      book.sight = { from, to };
    },
    nudged: (ids: readonly string[]) => {
      for (const id of ids) note(book, id);
      book.counted = false;
    },
    /** Everything may have changed: the line was gone, or time went by. */
    doubt: () => {
      for (const id of inSight(book)) book.stale.add(id);
      book.counted = false;
    },
    /** Whether `pull` would ask anything. */
    isBehind: () => !(book.counted && hasOrder()) || wantedOf(book).length > 0,
    /** Rows in sight that are missing or stale, then others that changed; and the legend, when anything did. No row waits for it. */
    pull: async (): Promise<void> => {
      await rows();
      await legend();
      if (!hasOrder()) await order.rest();
      // Where nothing stood nothing keeps its place, and nothing on the page would ask for what has come.
      if (snapshot.total === 0 && snapshot.counts.total > 0) await order.anew();
    },
    /** The newest order, from the top. */
    refresh: order.anew,
  };
}
export type LiveFleet = ReturnType<typeof createLiveFleet>;

type Asking = {
  book: Book;
  query: string;
  ask: FleetAsk;
  tell: (change: Partial<FleetSnapshot>) => void;
};

function questionsOf({ book, query, ask, tell }: Asking) {
  const problems: Record<Question, unknown> = { rows: null, legend: null, order: null };
  /** One question that is answered does not take back that another one was not. */
  const guarded = async (question: Question, work: () => Promise<Partial<FleetSnapshot>>): Promise<void> => {
    try {
      const change = await work();
      problems[question] = null;
      tell({ ...change, problem: problems.rows ?? problems.legend ?? problems.order });
    } catch (error) {
      problems[question] = error;
      tell({ problem: error });
    }
  };
  const rows = oneAtATime(async () => {
    const wanted = wantedOf(book);
    if (wanted.length === 0) return;
    // What changes while the answer is on its way may not be in it, so it counts as changed since.
    const putBack = clearMarks(book, wanted);
    await guarded("rows", async () => {
      const answer = await ask.rows(wanted);
      take(book, wanted, answer.rows);
      return { asOfMs: answer.asOfMs };
    });
    if (problems.rows !== null) putBack();
  });
  const legend = oneAtATime(async () => {
    if (book.counted) return;
    book.counted = true;
    await guarded("legend", async () => {
      const counts = await ask.counts(query);
      return { counts, asOfMs: counts.asOfMs };
    });
    if (problems.legend !== null) book.counted = false;
  });
  const order = orderQuestions({ book, query, ask }, (work) => guarded("order", work));
  return { rows, legend, order, hasOrder: () => problems.order === null };
}

function orderQuestions(
  { book, query, ask }: Omit<Asking, "tell">,
  guarded: (work: () => Promise<Partial<FleetSnapshot>>) => Promise<void>,
) {
  return {
    rest: () =>
      guarded(async () => {
        setOrder(book, await ask.order(query));
        return { total: book.ids.length };
      }),
    anew: () =>
      guarded(async () => {
        const [fleet, order] = await Promise.all([ask.list(query), ask.order(query)]);
        Object.assign(book, openBook(fleet), { sight: book.sight });
        setOrder(book, order);
        return { counts: fleet, total: book.ids.length, asOfMs: fleet.asOfMs };
      }),
  };
}

/** Asked again while the answer is on its way, it does nothing. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let busy = false;
  return async () => {
    if (busy) return;
    busy = true;
    await work();
    busy = false;
  };
}

function openBook(first: Fleet): Book {
  return {
    ids: first.rows.map(({ scannerId }) => scannerId),
    ranks: new Map(first.rows.map((row) => [row.scannerId, rankLetter(row.headline)])),
    rows: new Map(first.rows.map((row) => [row.scannerId, row])),
    ...{ stale: new Set(), unseen: new Set(), changed: new Set(), gone: new Set(), counted: true },
    sight: { from: 0, to: 0 },
  };
}

function snapshotOf(counts: Fleet, ids: readonly string[], total: number): FleetSnapshot {
  return { ids, total, counts, changed: 0, asOfMs: counts.asOfMs, problem: null };
}

/** Rows that are on the page stay where they are, although the order that came after them may know better. */
function setOrder(book: Book, { ids, ranks }: PackedOrder): void {
  const order = readOrder(ids);
  const held = new Set(book.ids);
  for (const [place, id] of order.entries()) if (!held.has(id)) book.ranks.set(id, ranks[place] ?? "");
  book.ids = [...book.ids, ...order.filter((id) => !held.has(id))];
}

/** Who is not in this order is told of by the legend's count alone. */
function note(book: Book, id: string): void {
  if (!book.ranks.has(id)) return;
  book.stale.add(id);
  book.gone.delete(id);
  if (book.unseen.size < BACKLOG) book.unseen.add(id);
  else book.changed.add(id);
}

function inSight({ ids, sight }: Book): readonly string[] {
  return ids.slice(Math.max(0, sight.from - MARGIN), sight.to + MARGIN);
}

function wantedOf(book: Book): string[] {
  const near = inSight(book).filter((id) => book.stale.has(id) || !(book.rows.has(id) || book.gone.has(id)));
  return [...new Set([...near, ...book.unseen])].slice(0, BATCH);
}

/** The marks of what is about to be asked are taken off; what it returns puts them back on. */
function clearMarks(book: Book, wanted: readonly string[]): () => void {
  const marks = [book.stale, book.unseen].map((marked) => ({
    marked,
    cleared: wanted.filter((id) => marked.delete(id)),
  }));
  return () => {
    for (const { marked, cleared } of marks) for (const id of cleared) marked.add(id);
  };
}

/** What was asked for and did not come is gone from the reader's sight: its last row stays until the order is made anew. */
function take(book: Book, asked: readonly string[], rows: readonly FleetRow[]): void {
  for (const row of rows) {
    book.rows.set(row.scannerId, row);
    if (book.ranks.get(row.scannerId) === rankLetter(row.headline)) book.changed.delete(row.scannerId);
    else book.changed.add(row.scannerId);
  }
  const came = new Set<string>(rows.map(({ scannerId }) => scannerId));
  for (const id of asked) {
    if (came.has(id)) continue;
    book.gone.add(id);
    book.changed.add(id);
  }
}

/** Scanners that came or went are not in this order either way; the legend knows how many there are now. */
function changedIn(book: Book, before: FleetSnapshot, change: Partial<FleetSnapshot>): number {
  const counts = change.counts ?? before.counts;
  const total = change.total ?? before.total;
  return Math.max(book.changed.size, Math.abs(counts.total - total));
}
