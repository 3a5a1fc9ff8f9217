import { systemFor } from "#core/change/stands-against.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { Act } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import { reconcludeAll } from "#server/report/reconclude.ts";
import { requireScanners, tellOf } from "#server/scanner-record/several.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";
import { systemsOf } from "./service.ts";
import * as store from "./store.ts";

export type PinAsk = { scannerIds: ScannerId[]; release: string | null; reason: string };

/** Scanners compared again in one statement; a fleet is compared in slices. */
const SLICE = 100;

/**
 * Says which release scanners should run. It starts nothing: only what they are compared with moves (EXP-4).
 * @throws Refusal `release-unknown`, `release-not-for-it` when one of them has no system in it
 */
export async function pinScanners(act: Act, ask: PinAsk): Promise<{ changed: number }> {
  const { tx, actor, nowMs } = act;
  const scanners = await requireScanners(tx, ask.scannerIds);
  const systems = ask.release === null ? [] : await systemsOf(tx, ask.release);
  const bySystem = new Map<string | null, string[]>();
  for (const scanner of scanners) {
    const system = systemFor(
      systems.map((row) => ({ ...row, for: row.content.for })),
      { ...scanner, scannerId: scanner.id },
    );
    if (ask.release !== null && system === null)
      throw new Refusal("release-not-for-it", { release: ask.release, serial: scanner.serial });
    const releaseId = system?.id ?? null;
    bySystem.set(releaseId, [...(bySystem.get(releaseId) ?? []), scanner.id]);
  }
  for (const [releaseId, ids] of bySystem) await store.pin(tx, ids, { releaseId, by: actor, atMs: nowMs });
  const now = { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) };
  for (let start = 0; start < scanners.length; start += SLICE)
    await reconcludeAll(
      tx,
      scanners.slice(start, start + SLICE).map(({ id }) => id),
      now,
    );
  const { release, reason } = ask;
  await tellOf(
    act,
    scanners.map((scanner) => ({
      scanner,
      row: { action: "release.pinned", body: { release, before: scanner.pinnedReleaseId, reason } },
    })),
  );
  return { changed: scanners.length };
}
