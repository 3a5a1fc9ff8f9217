import { createHash } from "node:crypto";
import { signatureText } from "#core/finding/signature.ts";
import type { Headline } from "#core/headline/axes.ts";
import { headlineOf } from "#core/headline/headline.ts";
import { nextChangeMs } from "#core/headline/next-change.ts";
import type { OpenFinding, Situation } from "#core/headline/situation.ts";
import type { KnownRelease } from "#core/manifest/released.ts";
import { canonicalJson } from "#core/report/digest.ts";
import type { LinkState } from "#core/report/link-state.ts";
import type { Facts } from "#core/report/report.ts";
import type { Tx } from "#server/database/scoped.ts";
import { type Conclusion, conclude, findingKey } from "#server/report/conclude.ts";
import * as history from "#server/report/history-store.ts";
import type { FindingRow } from "#server/report/reads-store.ts";
import type { LockedScanner } from "#server/report/scanner-rows-store.ts";
import { type Beliefs, type Now, situationOf } from "#server/report/situation.ts";
import type { Rooted } from "#server/report/store.ts";
import { beliefsOf, headlineColumns, headlineOfRow, standingOf } from "#server/report/stored-beliefs.ts";

/** What a look at one scanner changed. */
export type Judged = {
  situation: Situation;
  headline: Headline;
  headlineSinceMs: number;
  changed: boolean;
  /** When to look again though nobody says anything; null: not by time. */
  nextChangeMs: number | null;
};

export function rootedAt(scanner: LockedScanner): Rooted {
  const { organisationId, regionId, siteId, id } = scanner;
  return { organisationId, regionId, siteId, scannerId: id } as Rooted;
}

/** The facts against whatever release applies now (EXP-4). */
export function compareNow(
  scanner: LockedScanner,
  releases: readonly KnownRelease[],
  seen: { facts: Facts; atMs: number; observedAgoMs: number; skewMs: number },
): Conclusion {
  const pinned = releases.find((release) => release.releaseId === scanner.pinnedReleaseId) ?? null;
  const before = scanner.state === null ? null : beliefsOf(scanner.state);
  return conclude({ ...seen, releases, pinned }, before);
}

/** Decides the headline from what is believed now, and writes its interval where the word turned. The caller stores the columns. */
export async function judgeHeadline(
  tx: Tx,
  scanner: LockedScanner,
  believed: { beliefs: Beliefs; link: LinkState },
  now: Now,
): Promise<Judged & { columns: HeadlineColumns }> {
  const { turn, ...judged } = judge(scanner, believed, now);
  await history.turnHeadlines(tx, turn);
  return judged;
}

/** The same, with the interval to write instead of writing it: none where the word stays. */
export function judge(
  scanner: LockedScanner,
  believed: { beliefs: Beliefs; link: LinkState },
  now: Now,
): Judged & { columns: HeadlineColumns; turn: history.HeadlineTurn[] } {
  const situation = situationOf(standingOf(scanner), believed.beliefs, believed.link, now);
  const headline = headlineOf(situation);
  const before = scanner.state === null ? null : headlineOfRow(scanner.state);
  const turned = before?.word !== headline.word || before.variant !== headline.variant;
  const sinceMs = turned ? now.nowMs : (scanner.state?.headlineSince.getTime() ?? now.nowMs);
  return {
    situation,
    headline,
    headlineSinceMs: sinceMs,
    changed: before === null || canonicalJson(before) !== canonicalJson(headline),
    nextChangeMs: nextChangeMs(situation),
    columns: { ...headlineColumns(headline), headlineSince: new Date(sinceMs) },
    turn: turned ? [{ owner: rootedAt(scanner), headline, atMs: now.nowMs }] : [],
  };
}
export type HeadlineColumns = ReturnType<typeof headlineColumns> & { headlineSince: Date };

/** What opens and closes in history, so that exactly the findings given are open. */
export function findingChanges(
  scanner: LockedScanner,
  open: readonly FindingRow[],
  findings: readonly OpenFinding[],
  atMs: number,
): history.FindingChange[] {
  const owner = rootedAt(scanner);
  const gone = new Map(open.map((row) => [findingKey(row.finding as OpenFinding), row]));
  const held = findings.flatMap((finding): history.FindingChange[] => {
    const row = gone.get(findingKey(finding));
    gone.delete(findingKey(finding));
    const signature = createHash("sha256").update(signatureText(finding)).digest("hex");
    if (row === undefined) return [{ change: "open", owner, finding, signature }];
    return row.signature === signature ? [] : [{ change: "renew", id: row.id, finding, signature }];
  });
  return [...held, ...[...gone.values()].map(({ id }) => ({ change: "close" as const, id, atMs }))];
}
