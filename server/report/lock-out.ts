import type { Conflict } from "#core/identity/judge.ts";
import type { LinkState } from "#core/report/link-state.ts";
import { appendAudit, auditChainOf } from "#server/audit/service.ts";
import type { Tx } from "#server/database/scoped.ts";
import { judgeHeadline, rootedAt } from "#server/report/believe.ts";
import type { LockedScanner } from "#server/report/scanner-rows-store.ts";
import type { Now } from "#server/report/situation.ts";
import * as store from "#server/report/store.ts";
import { beliefsOf } from "#server/report/stored-beliefs.ts";

/**
 * Two machines used one identity (K-07, F27): neither is believed from here on, until a person has looked and released it. What was
 * sent stays out; what is written is the event, the audit row and the headline.
 */
export async function lockOut(
  tx: Tx,
  scanner: LockedScanner,
  conflict: Conflict,
  seen: { link: LinkState; now: Now },
): Promise<void> {
  const owner = rootedAt(scanner);
  const atMs = seen.now.nowMs;
  const detail = { ...conflict.reason.params };
  await store.lockOut(tx, scanner.id, conflict.code, atMs);
  await store.addIdentityEvent(tx, owner, { code: conflict.code, detail, atMs });
  await appendAudit(tx, {
    chain: auditChainOf({ siteId: owner.siteId }),
    actor: owner.scannerId,
    action: "scanner.locked-out",
    body: { scannerId: owner.scannerId, code: conflict.code, ...detail },
  });
  if (scanner.state === null) return;
  const locked = { ...scanner, identity: "locked-out" };
  const believed = { beliefs: beliefsOf(scanner.state), link: seen.link };
  const { columns } = await judgeHeadline(tx, locked, believed, seen.now);
  await store.updateState(tx, scanner.id, columns);
}
