import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Act } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import { reconclude } from "#server/report/reconclude.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";
import { requireScanners } from "./several.ts";
import * as store from "./store.ts";

/**
 * Takes a scanner out of the fleet: its key is worth nothing from here on and the machine is told so, it counts in no total, and its
 * history stays. It comes back by being enrolled again under the same serial. The person types the serial, so that it is the one
 * they mean.
 */
export async function retireScanner(
  act: Act,
  ask: { scannerId: ScannerId; serial: string; reason: string },
): Promise<Record<string, never>> {
  const { tx, nowMs } = act;
  const [scanner] = await requireScanners(tx, [ask.scannerId]);
  if (scanner === undefined) throw new Refusal("not-found");
  if (scanner.serial !== ask.serial) throw new Refusal("serial-differs", { serial: scanner.serial });
  await store.retire(tx, ask.scannerId, nowMs);
  const mark = { service: "retired", reason: ask.reason, by: act.actor, atMs: nowMs, untilMs: null } as const;
  await store.setService(tx, [ask.scannerId], mark);
  await reconclude(tx, ask.scannerId, { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) });
  const siteId = scanner.siteId as SiteId;
  const body = {
    scannerId: ask.scannerId,
    serial: scanner.serial,
    service: scanner.service,
    reason: ask.reason,
  };
  await act.audit({ siteId, action: "scanner.retired", body });
  act.scannersChanged([ask.scannerId], siteId);
  act.listChanged("site", siteId);
  act.listChanged("enrolment", siteId);
  return {};
}
