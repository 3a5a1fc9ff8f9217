import type { Headline } from "#core/headline/axes.ts";
import type { Situation } from "#core/headline/situation.ts";

/** What was decided at the last look, kept so that the next one costs no query while nothing changes but the time. */
export type Outlook = { situation: Situation; headline: Headline };

export type DueAgenda = {
  /** @param dueMs null: time alone changes nothing. */
  set: (scannerId: string, dueMs: number | null, outlook: Outlook) => void;
  /** Look at it with the next tick, from the rows. */
  soon: (scannerId: string) => void;
  /** Takes out at most `limit` scanners whose moment has come, the longest due first. */
  take: (nowMs: number, limit: number) => { scannerId: string; outlook: Outlook | null }[];
  /** The server's clock was set: nothing remembered can be compared with it any more. */
  restart: () => void;
};

/** When to look at a scanner although it says nothing. Kept in memory: a start looks at everybody once. */
export function createAgenda(): DueAgenda {
  const due = new Map<string, { dueMs: number; outlook: Outlook | null }>();
  return {
    set: (scannerId, dueMs, outlook) => {
      due.set(scannerId, { dueMs: dueMs ?? Number.POSITIVE_INFINITY, outlook });
    },
    soon: (scannerId) => {
      due.set(scannerId, { dueMs: 0, outlook: null });
    },
    take: (nowMs, limit) => {
      const ready = [...due]
        .filter(([, { dueMs }]) => dueMs <= nowMs)
        .sort(([, a], [, b]) => a.dueMs - b.dueMs);
      return ready.slice(0, limit).map(([scannerId, { outlook }]) => {
        due.delete(scannerId);
        return { scannerId, outlook };
      });
    },
    restart: () => {
      for (const scannerId of due.keys()) due.set(scannerId, { dueMs: 0, outlook: null });
    },
  };
}
