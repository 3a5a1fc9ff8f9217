import type { Compared, Finding } from "#core/finding/finding.ts";
import type { Block, Scalar } from "#core/manifest/item.ts";
import type { Reason } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";
import { blockOfProvided } from "./place.ts";

/**
 * What stands in a block's one line. `said`: a code of the catalogue's namespace `piece`; `name`: what a machine calls itself;
 * `value`: a reading with a short label; `finding`: what is wrong, made into words where it is shown.
 */
export type Piece =
  | { kind: "said"; reason: Reason }
  | { kind: "name"; text: string }
  | { kind: "value"; label: string; value: Scalar; unit: string | null }
  | { kind: "finding"; finding: Pick<Finding, "itemId" | "problem" | "expected" | "actual" | "unit"> };

const MOST_PIECES = 3;

/** Of a block with findings: the worst of them, and how many more. */
export function troubleSummary(worst: Finding, more: number): Piece[] {
  const { itemId, problem, expected, actual, unit } = worst;
  const said: Piece[] = [{ kind: "finding", finding: { itemId, problem, expected, actual, unit } }];
  if (more > 0) said.push(pieceSaid("more-findings", { count: more }));
  return said;
}

/** Of a block without a finding: what runs there and what it reads, from items first and then from the facts themselves. */
export function quietSummary(block: Block, items: readonly Compared[], facts: Facts): Piece[] {
  const own = [
    ...(FROM_FACTS[block]?.(facts) ?? []),
    ...items.flatMap((one) => itemPiece(one, labelOf(one, items)) ?? []),
  ];
  const pieces = own.length > 0 ? own : providedPieces(block, facts);
  if (pieces.length > 0) return distinct(pieces).slice(0, MOST_PIECES);
  if (items.length > 0) return [pieceSaid("items-equal", { count: items.length })];
  return [];
}

function pieceSaid(code: string, params: NonNullable<Reason["params"]>): Piece {
  return { kind: "said", reason: { code, params } };
}

const FROM_FACTS: Partial<Record<Block, (facts: Facts) => Piece[]>> = {
  ui: ({ safety }) => {
    if (safety?.state !== "observed" || safety.value.link !== "connected") return [];
    const scan = safety.value.last?.scanState ?? "unknown";
    return scan === "unknown" ? [] : [pieceSaid("scan", { scan })];
  },
  drivers: ({ kernel, modules }) => {
    const pieces: Piece[] = [];
    if (kernel?.state === "observed") {
      pieces.push({ kind: "name", text: kernel.value.release });
      if (kernel.value.realtime) pieces.push({ kind: "name", text: "PREEMPT_RT" });
    }
    if (modules?.state === "observed") {
      const gpu = modules.value.loaded.find(({ name }) => name === "nvidia");
      if (gpu !== undefined) pieces.push({ kind: "name", text: `nvidia ${gpu.version ?? ""}`.trim() });
    }
    return pieces;
  },
};

/** How an item of each kind is said when it is as expected; kinds that say nothing to a reader at a glance are left out. */
function itemPiece({ item, reading }: Compared, label: string | null): Piece | null {
  if (reading.state !== "known") return null;
  const { value } = reading;
  switch (item.kind) {
    case "unit":
    case "module":
      return { kind: "name", text: (item.args.name ?? item.id).replace(/\.service$/, "") };
    case "provided":
    case "clock-offset":
    case "disk-free":
      return label === null ? null : { kind: "value", label, value, unit: item.unit ?? null };
    default:
      return null;
  }
}

/**
 * `cooling.supply` is "supply"; four zones that all say "temperature" are called by their parts. Words that several parts say alike
 * ("ok", "ok", "ok") tell a reader nothing and have no label.
 */
function labelOf({ item }: Compared, items: readonly Compared[]): string | null {
  const short = (id: string) => id.replace(/^.*[./:]/, "");
  const own = short(item.id);
  if (items.filter((other) => short(other.item.id) === own).length === 1) return own;
  return item.unit === undefined ? null : (item.part ?? own);
}

/** Values that nobody expects anything of are still what the device says of itself. */
function providedPieces(block: Block, { provided }: Facts): Piece[] {
  if (provided?.state !== "observed") return [];
  return provided.value.flatMap(({ owner, id, value, unit, quality }) =>
    value === null || quality !== "good" || blockOfProvided(owner, id) !== block
      ? []
      : [{ kind: "value" as const, label: id, value, unit }],
  );
}

function distinct(pieces: readonly Piece[]): Piece[] {
  const seen = new Set<string>();
  return pieces.filter((piece) => {
    const text = JSON.stringify(piece);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}
