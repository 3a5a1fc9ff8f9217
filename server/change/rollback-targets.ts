import type { ScannerId } from "#core/identity/identity.ts";
import type { Facts } from "#core/report/report.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";
import { releasedSystems } from "#server/release/service.ts";
import { judgeScanners } from "./known.ts";
import * as store from "./store.ts";
import type { RollbackTarget } from "./view.ts";

/** More than fit on a scanner's disk. */
const MOST = 20;

/** A generation that was confirmed on a scanner. `release` null: no signed release that this server knows has it. */
type Confirmed = Pick<RollbackTarget, "toplevel" | "confirmedAtMs" | "saidBy"> & {
  release: string | null;
  called: string;
};

/**
 * Generations that were confirmed on this scanner (ACT-4), the newest confirmation first: by its own list, which also has what root did
 * there without this server. Where it tells none, by what was seen from here, and each says which.
 */
export async function rollbackTargets(tx: Tx, scannerId: ScannerId): Promise<RollbackTarget[]> {
  const [scanner] = await store.scannersToChange(tx, [scannerId]);
  if (scanner === undefined) throw new Refusal("not-found");
  const seen = await seenHere(tx, scannerId);
  const told = await toldBy(tx, scanner, seen);
  const targets: RollbackTarget[] = [];
  for (const one of (told ?? [...seen.values()]).slice(0, MOST))
    targets.push(await targetOf(tx, scanner, one));
  return targets;
}

async function seenHere(tx: Tx, scannerId: ScannerId): Promise<Map<string, Confirmed>> {
  const seen = new Map<string, Confirmed>();
  for (const { state, toplevel, releaseName, endedAt } of await store.endedChanges(tx, [scannerId]))
    if (state === "confirmed" && !seen.has(toplevel))
      seen.set(toplevel, {
        ...{ toplevel, release: releaseName, called: releaseName, saidBy: "server" },
        confirmedAtMs: endedAt?.getTime() ?? 0,
      });
  return seen;
}

/** Null: the scanner tells no list. */
async function toldBy(
  tx: Tx,
  scanner: store.ScannerToChange,
  seen: ReadonlyMap<string, Confirmed>,
): Promise<Confirmed[] | null> {
  const { confirmed } = factsOf(scanner);
  const generations = confirmed?.state === "observed" ? confirmed.value.generations : null;
  if (generations === null) return null;
  const toplevels = generations.map(({ toplevel }) => toplevel);
  const released = await releasedSystems(tx, toplevels);
  const skewMs = scanner.state?.skewMs ?? 0;
  return generations
    .map(({ toplevel, release, confirmedAtMs }): Confirmed => {
      const known = seen.get(toplevel)?.release ?? released.get(toplevel)?.name ?? null;
      return {
        ...{ toplevel, release: known, called: known ?? release ?? toplevel, saidBy: "scanner" },
        confirmedAtMs: confirmedAtMs - skewMs,
      };
    })
    .sort((a, b) => b.confirmedAtMs - a.confirmedAtMs);
}

const factsOf = ({ state }: store.ScannerToChange) => (state?.facts ?? {}) as Facts;

async function targetOf(
  tx: Tx,
  { id, state }: store.ScannerToChange,
  one: Confirmed,
): Promise<RollbackTarget> {
  const { toplevel, confirmedAtMs, saidBy } = one;
  const base = { release: one.called, toplevel, confirmedAtMs, saidBy };
  const running = state?.runningToplevel === toplevel;
  // Nothing is instructed but what people signed and published here; root on the scanner can still go back to it.
  if (one.release === null)
    return { ...base, onDisk: null, running, against: [{ code: "not-released-here" }] };
  const ask = { scannerIds: [id], release: one.release, action: "rollback" } as const;
  const [judged] = (await judgeScanners(tx, ask)).judged;
  if (judged === undefined) throw new Refusal("not-found");
  return { ...base, onDisk: judged.known.onDisk, running, against: judged.against };
}
