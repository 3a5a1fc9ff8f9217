import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Tx } from "#server/database/scoped.ts";

export type { Tx } from "#server/database/scoped.ts";

/**
 * One transaction in which somebody changes something. It carries the audit log, so what was done and the row that says so are
 * committed together or not at all, and it collects the nudges, so that no browser is told to look before there is
 * something to see.
 */
/** A row of the audit log; `siteId` null: the organisation's own chain (people, invitations, the first administrator). */
export type AuditRow = {
  siteId: SiteId | null;
  action: string;
  body: Record<string, unknown>;
  /** Who did it, when that is not the caller: the person an accepted invitation just made. */
  actor?: string;
};

export type Act = {
  tx: Tx;
  /** User id of the person, `anonymous` before there is one. */
  actor: string;
  nowMs: number;
  audit: (row: AuditRow) => Promise<void>;
  /** Many rows at once, in their order: an import tells of each thing it changed. */
  auditEach: (rows: readonly AuditRow[]) => Promise<void>;
  /** Tells browsers after the commit, and only those whose person may see the site (P-06). */
  scannersChanged: (ids: readonly ScannerId[], siteId: SiteId) => void;
  listChanged: (list: ListName, siteId: SiteId | null) => void;
};

export type ListName = "enrolment" | "people" | "site" | "release";

/** What an act needs from the outside; the composition root builds it from the database, the audit log and the sockets. */
export type ActPorts = {
  transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** @param actor who did what rows do not name another for */
  append: (tx: Tx, actor: string, rows: readonly AuditRow[]) => Promise<void>;
  nudge: Nudge;
};

export type Nudge = {
  scanners: (ids: readonly ScannerId[], siteId: SiteId) => void;
  list: (list: ListName, siteId: SiteId | null) => void;
};

/** Runs the work in one transaction and rolls it back when it left no audit row: no audit row, no action. */
export async function runAct<T>(
  ports: ActPorts,
  who: { actor: string; nowMs: number },
  work: (act: Act) => Promise<T>,
): Promise<T> {
  const afterCommit: (() => void)[] = [];
  const result = await ports.transaction(async (tx) => {
    // A serialisation retry runs the work again: what the failed attempt wanted to say must not be said.
    afterCommit.length = 0;
    let rows = 0;
    const auditEach: Act["auditEach"] = async (more) => {
      await ports.append(tx, who.actor, more);
      rows += more.length;
    };
    const done = await work({
      ...who,
      tx,
      audit: (row) => auditEach([row]),
      auditEach,
      scannersChanged: (ids, siteId) => afterCommit.push(() => ports.nudge.scanners(ids, siteId)),
      listChanged: (list, siteId) => afterCommit.push(() => ports.nudge.list(list, siteId)),
    });
    if (rows === 0) throw new Error("an act left no audit row; it is rolled back");
    return done;
  });
  for (const tell of afterCommit) tell();
  return result;
}
