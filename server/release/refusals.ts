import type { ScannerId } from "#core/identity/identity.ts";
import type { Tx } from "#server/database/scoped.ts";
import { systemsOf } from "./service.ts";
import * as store from "./store.ts";
import type { ReleaseRefusals } from "./view.ts";

const MOST = 50;

/**
 * Scanners in the reader's sight that refused a release, and why. Only where the scanner itself said so, and only while it is its last word
 * about this release: one that took it later does not stand here. @throws Refusal `release-unknown`
 */
export async function releaseRefusals(tx: Tx, name: string): Promise<ReleaseRefusals> {
  await systemsOf(tx, name);
  const rows = await store.refusalsOf(tx, name, MOST + 1);
  return {
    rows: rows.slice(0, MOST).map(({ scannerId, at, reason, ...row }) => ({
      ...row,
      scannerId: scannerId as ScannerId,
      atMs: at.getTime(),
      reason: reason === null ? null : { code: reason },
    })),
    more: rows.length > MOST,
  };
}
