import { createHash } from "node:crypto";
import { signatureText } from "#core/finding/signature.ts";
import type { Headline } from "#core/headline/axes.ts";
import { headlineOf } from "#core/headline/headline.ts";
import { nextChangeMs } from "#core/headline/next-change.ts";
import type { OpenFinding, Situation } from "#core/headline/situation.ts";
import { runningOf } from "#core/manifest/released.ts";
import { canonicalJson } from "#core/report/digest.ts";
import type { Facts } from "#core/report/report.ts";
import type { Tx } from "#server/database/scoped.ts";
import { type Conclusion, conclude, findingKey } from "#server/report/conclude.ts";
import * as history from "#server/report/history-store.ts";
import type { LinkState } from "#server/report/link-state.ts";
import { type Beliefs, type Now, situationOf } from "#server/report/situation.ts";
import * as store from "#server/report/store.ts";
import {
  beliefsOf,
  headlineColumns,
  headlineOfRow,
  knownRelease,
  standingOf,
} from "#server/report/stored-beliefs.ts";

/** What a look at one scanner changed. */
export type Judged = {
  situation: Situation;
  headline: Headline;
  headlineSinceMs: number;
  changed: boolean;
  /** When to look again though nobody says anything; null: not by time. */
  nextChangeMs: number | null;
};

export function rootedAt(scanner: store.LockedScanner): store.Rooted {
  const { organisationId, regionId, siteId, id } = scanner;
  return { organisationId, regionId, siteId, scannerId: id } as store.Rooted;
}

/** The facts against whatever release applies now (EXP-4); reads releases, writes nothing. */
export async function compareNow(
  tx: Tx,
  scanner: store.LockedScanner,
  seen: { facts: Facts; atMs: number; observedAgoMs: number; skewMs: number },
): Promise<Conclusion> {
  const running = runningOf(seen.facts);
  const toplevel = "toplevel" in running ? running.toplevel : null;
  const rows = await store.applicableReleases(tx, scanner, toplevel);
  const releases = rows.flatMap((row) => knownRelease(row, scanner.id) ?? []);
  const pinned = releases.find((release) => release.releaseId === scanner.pinnedReleaseId) ?? null;
  const before = scanner.state === null ? null : beliefsOf(scanner.state);
  return conclude({ ...seen, releases, pinned }, before);
}

/** Decides the headline from what is believed now, and writes its interval where the word turned. The caller stores the columns. */
export async function judgeHeadline(
  tx: Tx,
  scanner: store.LockedScanner,
  believed: { beliefs: Beliefs; link: LinkState },
  now: Now,
): Promise<Judged & { columns: HeadlineColumns }> {
  const situation = situationOf(standingOf(scanner), believed.beliefs, believed.link, now);
  const headline = headlineOf(situation);
  const before = scanner.state === null ? null : headlineOfRow(scanner.state);
  const turned = before?.word !== headline.word || before.variant !== headline.variant;
  if (turned) await history.turnHeadline(tx, rootedAt(scanner), headline, now.nowMs);
  const sinceMs = turned ? now.nowMs : (scanner.state?.headlineSince.getTime() ?? now.nowMs);
  return {
    situation,
    headline,
    headlineSinceMs: sinceMs,
    changed: before === null || canonicalJson(before) !== canonicalJson(headline),
    nextChangeMs: nextChangeMs(situation),
    columns: { ...headlineColumns(headline), headlineSince: new Date(sinceMs) },
  };
}
export type HeadlineColumns = ReturnType<typeof headlineColumns> & { headlineSince: Date };

/** Opens and closes finding intervals so that exactly the findings given are open. */
export async function recordFindings(
  tx: Tx,
  owner: store.Rooted,
  findings: readonly OpenFinding[],
  atMs: number,
): Promise<void> {
  const open = await history.openFindingIntervals(tx, owner.scannerId);
  const byKey = new Map(open.map((row) => [findingKey(row.finding as unknown as OpenFinding), row]));
  for (const finding of findings) {
    const key = findingKey(finding);
    const row = byKey.get(key);
    byKey.delete(key);
    const signature = createHash("sha256").update(signatureText(finding)).digest("hex");
    if (row === undefined) await history.openFindingInterval(tx, owner, finding, signature);
    else if (row.signature !== signature) await history.renewFindingInterval(tx, row.id, finding, signature);
  }
  await history.closeFindingIntervals(
    tx,
    [...byKey.values()].map(({ id }) => id),
    atMs,
  );
}
