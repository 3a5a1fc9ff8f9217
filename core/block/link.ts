import { wasSeen } from "#core/finding/compare.ts";
import type { Compared } from "#core/finding/finding.ts";
import type { Block, Item } from "#core/manifest/item.ts";

const LINK_KINDS = ["network", "serial", "pci", "usb"] as const satisfies readonly NonNullable<
  Item["link"]
>[];
export type LinkKind = (typeof LINK_KINDS)[number];

/**
 * How a block hangs on the main computer, worst first. `broken`: something on it was looked for and is not there; `silent`: nothing
 * on it could be read; `unknown`: some of it could not, or nothing is known of now; `ok`: everything on it was read.
 */
const LINK_STATES = ["broken", "silent", "unknown", "ok"] as const;
export type LinkState = (typeof LINK_STATES)[number];

/**
 * `kind` null: the manifest does not say what the line is. `sinceMs` null: since always, or not known. `safety`: what protects the
 * scanner is heard over it.
 */
export type DiagramLink = {
  kind: LinkKind | null;
  state: LinkState;
  sinceMs: number | null;
  safety: boolean;
};

type Dated = Compared & { sinceMs: number | null };

/** The lines of one block; the worst first. A block whose items name no line has one of no known kind. */
export function linksOf(block: Block, items: readonly Dated[], now: boolean): DiagramLink[] {
  if (items.length === 0 || !DEVICE_BLOCKS.includes(block)) return [];
  const named = LINK_KINDS.filter((kind) => items.some(({ item }) => item.link === kind));
  const links =
    named.length === 0
      ? [linkOf(null, items, now)]
      : named.map((kind) =>
          linkOf(
            kind,
            items.filter(({ item }) => item.link === kind),
            now,
          ),
        );
  return links.sort((a, b) => LINK_STATES.indexOf(a.state) - LINK_STATES.indexOf(b.state));
}

/** Devices around the main computer; the rest is inside it and needs no line. */
export const DEVICE_BLOCKS: readonly Block[] = [
  "daq",
  "motion",
  "electronics",
  "cooling",
  "auxiliary",
  "surveillance",
];

function linkOf(kind: LinkKind | null, items: readonly Dated[], now: boolean): DiagramLink {
  const gone = items.filter(({ finding }) => finding?.problem === "absent");
  const unseen = items.filter(({ finding }) => finding !== null && !wasSeen(finding));
  const from = gone.length > 0 ? gone : unseen;
  return {
    kind,
    state: now ? stateOf(items.length, gone.length, unseen.length) : "unknown",
    sinceMs: earliest(from),
    safety: items.some(({ item }) => item.class === "safety"),
  };
}

/** One part that answers proves that the line is there. */
function stateOf(all: number, gone: number, unseen: number): LinkState {
  if (unseen === all) return "silent";
  if (gone > 0 && gone + unseen === all) return "broken";
  return unseen > 0 ? "unknown" : "ok";
}

function earliest(items: readonly Dated[]): number | null {
  const known = items.flatMap(({ sinceMs }) => sinceMs ?? []);
  return known.length === 0 ? null : Math.min(...known);
}
