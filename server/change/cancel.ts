import { v7 as uuidv7 } from "uuid";
import { BEFORE_ARM } from "#core/change/progress.ts";
import type { ChangeState } from "#core/headline/axes.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Act } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import * as store from "./store.ts";

/** After ARM the scanner goes on by itself, forward or back, whatever anybody says (E-13). */
export function isCancellable(
  change: Pick<store.ChangeRecord, "state" | "endedAt" | "cancelAskedAt">,
): boolean {
  const { state, endedAt, cancelAskedAt } = change;
  return endedAt === null && cancelAskedAt === null && BEFORE_ARM.includes(state as ChangeState);
}

/**
 * Asks for a change to be taken back. The signer withdraws its instruction after the commit (server/change/carry.ts), and it has ended
 * when it is certain that the scanner does not carry it out: there was no instruction, or the scanner's own report says so.
 */
export async function cancelChange(
  act: Act,
  ask: { changeId: string; reason: string },
): Promise<Record<string, never>> {
  const { tx, nowMs, actor } = act;
  const change = await store.lockChange(tx, ask.changeId);
  if (change === null) throw new Refusal("not-found");
  if (change.endedAt !== null) throw new Refusal("change-not-open");
  if (!BEFORE_ARM.includes(change.state as ChangeState)) throw new Refusal("change-armed");
  const at = new Date(nowMs);
  await store.updateChange(tx, change.id, { cancelAskedAt: change.cancelAskedAt ?? at });
  const { organisationId, regionId, siteId, scannerId, state } = change;
  await store.insertSteps(tx, [
    {
      id: uuidv7(),
      organisationId,
      regionId,
      siteId,
      scannerId,
      changeId: change.id,
      at,
      state,
      reason: "cancel-asked",
      source: "person",
      actor,
      detail: { reason: ask.reason },
    },
  ]);
  const body = { scannerId, changeId: change.id, release: change.releaseName, reason: ask.reason };
  await act.audit({ siteId: siteId as SiteId, action: "change.cancelled", body });
  act.scannersChanged([scannerId as ScannerId], siteId as SiteId);
  return {};
}
