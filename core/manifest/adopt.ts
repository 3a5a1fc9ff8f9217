import type { Draft } from "#core/manifest/draft.ts";
import type { Item, ItemClass, Manifest, Scalar } from "#core/manifest/item.ts";
import { readProbe } from "#core/manifest/kinds.ts";
import { proposeDevices } from "#core/manifest/propose-devices.ts";
import { proposeHost } from "#core/manifest/propose-host.ts";
import { proposeSafety } from "#core/manifest/propose-safety.ts";
import { proposeSystem } from "#core/manifest/propose-system.ts";
import { proposeUnits } from "#core/manifest/propose-units.ts";
import { runningOf } from "#core/manifest/released.ts";
import type { Reason } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";

/**
 * Adopt (EXP-8): what a scanner is seen to run, as the items that shall hold from now on. A proposal only: a person reviews items
 * and classes, and the result is marked *observed baseline, not signed*. Nothing is proposed that was not seen, with one
 * exception: what protects people is expected to protect, even where it did not at this moment; the note says so.
 */
export type Proposed = { item: Item; actual: Scalar | null; note: Reason | null };

const PROPOSERS: readonly ((facts: Facts) => Draft[])[] = [
  proposeSafety,
  proposeSystem,
  proposeUnits,
  proposeDevices,
  proposeHost,
];

const MOST_ITEMS = 2000;

/** The same facts give the same list in the same order: safety first, then system, units, devices, host; each sorted by id. */
export function proposeBaseline(facts: Facts): Proposed[] {
  const drafts = PROPOSERS.flatMap((propose) =>
    propose(facts).sort((a, b) => (a.item.id < b.item.id ? -1 : 1)),
  );
  const unique = new Map(drafts.map((draft) => [draft.item.id, draft]));
  return [...unique.values()].slice(0, MOST_ITEMS).map(({ item, note }) => {
    const reading = readProbe(facts, item.kind, item.args);
    const actual = reading.state === "known" ? reading.value : null;
    return { item, actual, note };
  });
}

/** The manifest a person decided on: proposed items they kept, with the classes they gave them. Ids they do not name are left out. */
export function adoptedManifest(
  facts: Facts,
  chosen: readonly { id: string; class: ItemClass }[],
):
  | { ok: true; manifest: Manifest }
  | { ok: false; refused: "unknown-item" | "nothing-counts"; item: string } {
  const proposed = new Map(proposeBaseline(facts).map(({ item }) => [item.id, item]));
  const stranger = chosen.find(({ id }) => !proposed.has(id));
  if (stranger !== undefined) return { ok: false, refused: "unknown-item", item: stranger.id };
  // A baseline of remarks alone would be nominal without anything compared (EXP-4: never green on missing data).
  if (chosen.every((one) => one.class === "info")) return { ok: false, refused: "nothing-counts", item: "" };
  const classes = new Map(chosen.map((one) => [one.id, one.class]));
  const items = [...proposed.values()].flatMap((item) => {
    const itemClass = classes.get(item.id);
    return itemClass === undefined ? [] : [{ ...item, class: itemClass }];
  });
  const running = runningOf(facts);
  const toplevel = "toplevel" in running ? running.toplevel : null;
  return {
    ok: true,
    manifest: { schema: "fiducial.expected/1", toplevel, closureDigest: digestOf(facts, toplevel), items },
  };
}

function digestOf(facts: Facts, toplevel: string | null): string | null {
  if (toplevel === null || facts.closureDigests?.state !== "observed") return null;
  return facts.closureDigests.value.find((one) => one.toplevel === toplevel)?.digest ?? null;
}
