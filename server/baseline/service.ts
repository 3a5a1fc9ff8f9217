import { storePathParts } from "#core/closure/store-path.ts";
import type { ReleaseId, ScannerId, SiteId } from "#core/identity/identity.ts";
import { adoptedManifest, proposeBaseline } from "#core/manifest/adopt.ts";
import type { ItemClass, Manifest } from "#core/manifest/item.ts";
import { runningOf } from "#core/manifest/released.ts";
import { canonicalJson } from "#core/report/digest.ts";
import type { Facts } from "#core/report/report.ts";
import type { Act } from "#server/act.ts";
import { createObservedRelease, pinRelease } from "#server/baseline/store.ts";
import type { Adopted, BaselinePreview } from "#server/baseline/view.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";
import { factsAt } from "#server/report/past-facts.ts";
import { lockForChange, reconclude, type ScannerWithFacts } from "#server/report/reconclude.ts";
import type { Sequence } from "#server/scanner/view.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";

/** What adopting the newest facts would expect from now on (EXP-8); nothing is stored. */
export async function previewBaseline(tx: Tx, scannerId: ScannerId): Promise<BaselinePreview> {
  const { scanner, state } = await reported(tx, scannerId);
  const facts = state.facts as Facts;
  const running = runningOf(facts);
  const toplevel = "toplevel" in running ? running.toplevel : null;
  const day = state.observedAt.toISOString().slice(0, 10);
  return {
    name: `${toplevel === null ? scanner.hostname : storePathParts(toplevel).name} ${day}`.slice(0, 120),
    toplevel,
    observedAtMs: state.observedAt.getTime(),
    seen: { bootCounter: state.bootCounter, startCounter: state.startCounter, seq: state.seq },
    items: proposeBaseline(facts),
  };
}

export type AdoptAsk = {
  scannerId: ScannerId;
  name: string;
  /** Place of the report the person looked at. */
  seenSeq: Sequence;
  items: { id: string; class: ItemClass }[];
  reason: string;
};

/**
 * Makes the reviewed items the scanner's expected state, pins the scanner to it and compares at once, all in one transaction. What
 * the person looked at must still be the newest: nobody adopts what they have not seen.
 */
export async function adoptBaseline(act: Act, ask: AdoptAsk): Promise<Adopted> {
  const { tx, actor, nowMs } = act;
  const { scanner, state } = await reported(tx, ask.scannerId);
  const manifest = manifestOf(state.facts as Facts, ask.items);
  if (!(await stillSeen(tx, { state, ask }))) throw new Refusal("facts-moved-on");
  const { organisationId, regionId, siteId } = scanner;
  const releaseId = await createObservedRelease(tx, {
    scope: { organisationId, regionId, siteId },
    observedOnId: ask.scannerId,
    name: ask.name,
    manifest,
    note: ask.reason,
    createdBy: actor,
  });
  await pinRelease(tx, ask.scannerId, { releaseId, by: actor, atMs: nowMs });
  await reconclude(tx, ask.scannerId, { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) });
  await act.audit({
    siteId: siteId as SiteId,
    action: "baseline.adopted",
    body: {
      scannerId: ask.scannerId,
      releaseId,
      name: ask.name,
      toplevel: manifest.toplevel,
      items: manifest.items.length,
      seen: ask.seenSeq,
      reason: ask.reason,
    },
  });
  act.scannersChanged([ask.scannerId], siteId as SiteId);
  return { releaseId: releaseId as ReleaseId };
}

type Reported = { scanner: ScannerWithFacts; state: NonNullable<ScannerWithFacts["state"]> };

/** Locked, so that no report comes between looking and adopting. */
async function reported(tx: Tx, scannerId: ScannerId): Promise<Reported> {
  const scanner = await lockForChange(tx, scannerId);
  if (scanner === null || scanner.identity === "pending" || scanner.identity === "refused")
    throw new Refusal("not-found");
  if (scanner.identity !== "approved") throw new Refusal("not-approved");
  const { state } = scanner;
  if (state === null) throw new Refusal("nothing-observed");
  return { scanner, state };
}

/**
 * A newer report is no news as long as every item that the person kept would be shown just the same: full reports come every quarter
 * of an hour while somebody reads a list.
 */
async function stillSeen(
  tx: Tx,
  { state, ask }: { state: Reported["state"]; ask: AdoptAsk },
): Promise<boolean> {
  const { bootCounter, startCounter, seq } = ask.seenSeq;
  if (state.bootCounter === bootCounter && state.startCounter === startCounter && state.seq === seq)
    return true;
  const seen = await factsAt(tx, ask.scannerId, { bootCounter, startCounter, seq });
  if (seen === null) return false;
  const kept = new Set(ask.items.map(({ id }) => id));
  return shownText(seen, kept) === shownText(state.facts as Facts, kept);
}

/** What the person read of the items kept. A value inside a range wanders (free bytes of a disk); its limits are what counts. */
function shownText(facts: Facts, kept: ReadonlySet<string>): string {
  const shown = proposeBaseline(facts).filter(({ item }) => kept.has(item.id));
  return canonicalJson(
    shown.map(({ item, actual, note }) => ({
      item,
      note,
      actual: item.expect.op === "range" || item.expect.op === "maxAge" ? null : actual,
    })),
  );
}

function manifestOf(facts: Facts, items: AdoptAsk["items"]): Manifest {
  const adopted = adoptedManifest(facts, items);
  if (!adopted.ok) throw new Refusal(adopted.refused, { item: adopted.item.slice(0, 200) });
  return adopted.manifest;
}
