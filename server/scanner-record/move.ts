import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Act } from "#server/act.ts";
import { moveScannerRows, scopeOf } from "#server/place/service.ts";
import { Refusal } from "#server/refusal.ts";
import { lockMovable } from "./several.ts";
import * as store from "./store.ts";

/**
 * A scanner goes to another site with its keys and all of its history: whoever sees only the old site no longer sees any of it from
 * this commit on. It is told in the logs of both sites, for neither may read the other's. The transaction's reach is the person's, so
 * a site they hold no such role over is missing.
 */
export async function moveScanner(
  act: Act,
  ask: { scannerId: ScannerId; siteId: SiteId; reason: string },
): Promise<Record<string, never>> {
  const { tx } = act;
  const [scanner] = await lockMovable(tx, [ask.scannerId]);
  if (scanner === undefined) throw new Refusal("not-found");
  const site = await store.siteForMove(tx, ask.siteId);
  if (site === null) throw new Refusal("not-found");
  if (site.id === scanner.siteId) throw new Refusal("nothing-to-change");
  if (site.retiredAt !== null) throw new Refusal("site-closed", { site: site.name });
  await moveScannerRows(tx, [ask.scannerId], scopeOf(site));
  const from = { siteId: scanner.siteId, site: scanner.site.name };
  const to = { siteId: site.id, site: site.name };
  const body = { scannerId: ask.scannerId, serial: scanner.serial, from, to, reason: ask.reason };
  const sites = [from.siteId, to.siteId] as SiteId[];
  await act.auditEach(sites.map((siteId) => ({ siteId, action: "scanner.moved", body })));
  for (const siteId of sites) {
    act.scannersChanged([ask.scannerId], siteId);
    act.listChanged("site", siteId);
  }
  return {};
}
