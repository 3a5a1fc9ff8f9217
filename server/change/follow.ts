import { v7 as uuidv7 } from "uuid";
import * as z from "zod";
import { begunChange, type Progress, progressOf } from "#core/change/progress.ts";
import type { ChangeState, Safety } from "#core/headline/axes.ts";
import type { Fact } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";
import type { InstructionAction } from "#core/trust/instruction.ts";
import type { Tx } from "#server/database/scoped.ts";
import * as store from "./store.ts";
import type { ChangeEvidence } from "./view.ts";

export const openChangeSql = store.openChangeSql;
export type OpenChange = store.OpenChange;

/** One signed report as it was believed. */
export type Seen = {
  facts: Facts;
  safety: Safety;
  /** When its word for the change began, by the server's clock. */
  toldSinceMs: number;
  /** When the report was made. */
  atMs: number;
};

/** Moves a scanner's open change on by what its newest report says and shows; inside the report's own transaction (E-16). */
export async function followChange(
  tx: Tx,
  scannerId: string,
  open: OpenChange | null,
  seen: Seen,
): Promise<void> {
  if (open !== null) await move(tx, open, seen);
  const late = await closedUnheard(tx, scannerId, open, seen);
  if (late !== null) await move(tx, late, seen, open !== null);
}

/** A change that people believed over, because nobody heard the scanner that had begun it in time. */
async function closedUnheard(tx: Tx, scannerId: string, open: OpenChange | null, seen: Seen) {
  const begun = z.uuid().safeParse(begunChange(seen.facts.change));
  if (!begun.success || begun.data === open?.id) return null;
  return await store.closedUnheard(tx, scannerId, begun.data);
}

/** @param another one is open beside it: two cannot be, so it is told of once it has ended */
async function move(tx: Tx, open: OpenChange, seen: Seen, another = false): Promise<void> {
  const evidence = evidenceOf(seen);
  const progress = progressOf(
    {
      changeId: open.id,
      action: open.action as InstructionAction,
      toplevel: open.toplevel,
      fromBooted: open.fromBooted,
      safety: open.safety === "none" ? "none" : "required",
      state: open.state as ChangeState,
      stateReason: open.stateReason,
      percent: open.percent,
      withdrawn: open.withdrawnAt !== null && momentOf(open.withdrawnAt) <= seen.atMs,
    },
    { ...evidence, change: seen.facts.change, trees: treesOf(seen.facts) },
  );
  if (progress === null || (another && !progress.ended)) return;
  const turned = progress.state !== open.state || progress.reason !== open.stateReason;
  const at = new Date(turned ? beganAtMs(open, progress, seen) : momentOf(open.stateSince));
  const moved = await store.moveOn(tx, open, {
    state: progress.state,
    stateReason: progress.reason,
    stateSince: progress.state === open.state ? new Date(momentOf(open.stateSince)) : at,
    percent: progress.percent,
    budgetMs: progress.budgetMs,
    energised: progress.energised,
    ...(progress.ended ? { endedAt: new Date(seen.atMs), evidence: evidence as object } : { endedAt: null }),
  });
  if (moved && turned) await store.insertSteps(tx, [stepOf(open, progress, at)]);
}

/** PostgreSQL writes a moment in JSON with its offset. */
function momentOf(text: string): number {
  return new Date(text).getTime();
}

/** Its own word for when it began, as far as it can be: never before the state before, never after the report. */
function beganAtMs(open: OpenChange, { state }: Progress, { facts, toldSinceMs, atMs }: Seen): number {
  const told = facts.change?.state === "observed" ? facts.change.value.state : null;
  if (told !== state) return atMs;
  return Math.min(atMs, Math.max(momentOf(open.stateSince), toldSinceMs));
}

function stepOf(open: OpenChange, { state, reason, percent }: Progress, at: Date): store.NewStep {
  const { organisationId, regionId, siteId, scannerId } = open;
  return {
    id: uuidv7(),
    organisationId,
    regionId,
    siteId,
    scannerId,
    changeId: open.id,
    at,
    state,
    reason,
    source: "scanner",
    actor: scannerId,
    detail: { percent },
  };
}

function evidenceOf({ facts, safety, atMs }: Seen): ChangeEvidence {
  const closures = facts.closures?.state === "observed" ? facts.closures.value : null;
  const path = (fact: Fact<{ path: string }> | undefined) =>
    fact?.state === "observed" ? fact.value.path : null;
  return {
    atMs,
    running: path(closures?.running),
    booted: path(closures?.booted),
    profile: path(closures?.profile),
    nextBoot: path(closures?.nextBoot),
    safety,
  };
}

function treesOf({ kernel }: Facts): { booted: string; current: string } | null {
  if (kernel?.state !== "observed") return null;
  const { bootedTree, currentTree } = kernel.value;
  if (bootedTree.state !== "observed" || currentTree.state !== "observed") return null;
  return { booted: bootedTree.value, current: currentTree.value };
}
