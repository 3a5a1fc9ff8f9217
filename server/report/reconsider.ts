import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import { type LinkState, skewProblem } from "#core/report/link-state.ts";
import { unreadBelief } from "#core/report/unread.ts";
import type { WithScope } from "#server/database/scoped.ts";
import { type Judged, judgeHeadline } from "#server/report/believe.ts";
import type { LinkBook } from "#server/report/link-book.ts";
import { lockScanner } from "#server/report/reads-store.ts";
import type { StateRow } from "#server/report/scanner-rows-store.ts";
import type { Now } from "#server/report/situation.ts";
import * as store from "#server/report/store.ts";
import { beliefsOf, linkStateOf } from "#server/report/stored-beliefs.ts";

/** Null: there is nothing to look at, no report was ever stored. */
export type Reconsidered = (Judged & { scannerId: ScannerId; siteId: SiteId }) | null;

/**
 * Looks at one scanner again without a new report: silence, a second message after it, a clock that was set right. The same pure
 * function decides as when a report comes.
 */
export async function reconsider(
  withScope: WithScope,
  scannerId: string,
  links: Pick<LinkBook, "held">,
  now: Now,
): Promise<Reconsidered> {
  return await withScope({ all: true }, async (tx) => {
    const scanner = await lockScanner(tx, scannerId);
    if (scanner === null || scanner.state === null) return null;
    const before = beliefsOf(scanner.state);
    const held = links.held(scannerId);
    const link = held?.link ?? linkStateOf(scanner.link, scanner.state);
    const unread = unreadBelief(before.unverifiable, held, now.nowMs);
    const skewed = before.unverifiable?.value.code === "clock-skew" ? before.unverifiable : null;
    const beliefs = { ...before, unverifiable: unread ?? clockOf(scanner.state, skewed, link, now) };
    if ((beliefs.unverifiable === null) !== (before.unverifiable === null))
      await store.markUnverifiable(tx, scannerId, beliefs.unverifiable);
    const { columns, ...judged } = await judgeHeadline(tx, scanner, { beliefs, link }, now);
    if (judged.changed) await store.updateState(tx, scannerId, columns);
    return { ...judged, scannerId: scannerId as ScannerId, siteId: scanner.siteId as SiteId };
  });
}

/** A live heartbeat of the boot that reported shows its clock as it is; a report that waited in the outbox only seemed late (F19). */
export function clockOf(
  state: Pick<StateRow, "bootId">,
  before: ReturnType<typeof beliefsOf>["unverifiable"],
  link: LinkState,
  { nowMs }: Now,
): ReturnType<typeof beliefsOf>["unverifiable"] {
  if (link.bootId !== state.bootId) return before;
  const problem = skewProblem(link.skewMs);
  return problem === null ? null : (before ?? { value: problem, sinceMs: nowMs });
}
