import { wasSeen } from "#core/finding/compare.ts";
import type { Compared, Finding } from "#core/finding/finding.ts";
import type { Safety } from "#core/headline/axes.ts";
import { safetyOf } from "#core/headline/safety-axis.ts";
import { BLOCKS, type Block } from "#core/manifest/item.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import { DEVICE_BLOCKS, type DiagramLink, linksOf } from "./link.ts";
import { blockOf, blockOfProvided } from "./place.ts";
import { BLOCK_STATUSES, type BlockStatus, itemStatus, STATUS_OF_SAFETY, worse, worst } from "./status.ts";
import { type Piece, quietSummary, troubleSummary } from "./summary.ts";

/**
 * The scanner's block diagram (TRI-7) as data: which blocks there are, what each says, and how they hang together. Pure; where and
 * how it is drawn is the page's.
 */
export type DiagramInput = {
  /** Rows of the comparison, and since when each finding is open. */
  compared: readonly (Compared & { sinceMs: number | null })[];
  facts: Facts;
  /** False: nothing is expected of this scanner, so nothing was compared. */
  expected: boolean;
  /** `now`: it is heard; `past`: it is silent, or what it sends is not believed; `never`: nothing was ever reported. */
  knowledge: "now" | "past" | "never";
};

export type Part = { part: string; status: BlockStatus };

export type DiagramBlock = {
  block: Block;
  status: BlockStatus;
  /** What the status was when the scanner was last heard; null: the status is of now. */
  was: BlockStatus | null;
  /** What protects, by the daemon's word and this block's own items; null on every other block. */
  safety: Safety | null;
  /** Since when the worst finding is open. */
  sinceMs: number | null;
  items: number;
  findings: number;
  /** Of the findings, how many could not be seen. */
  unseen: number;
  parts: Part[];
  summary: Piece[];
  links: DiagramLink[];
};

export type Chain = {
  elements: NonNullable<FactValue<"safety">["last"]>["chain"];
  /** `past`: the daemon is not heard now, these are its last words; `never`: only the manifest says that there are such elements. */
  heard: "now" | "past" | "never";
};

export type Diagram = {
  knowledge: DiagramInput["knowledge"];
  expected: boolean;
  computer: { os: string | null; kernel: string | null; toplevel: string | null };
  /** In the order of BLOCKS: the main computer's own four always, a device where something is expected or said of it. */
  blocks: DiagramBlock[];
  /** Device blocks that nothing is expected of and nothing was seen of. */
  leftOut: Block[];
  /** Null: no chain was ever heard, and none is expected. */
  chain: Chain | null;
};

export function drawDiagram(input: DiagramInput): Diagram {
  const { facts, knowledge, expected } = input;
  const drawn = BLOCKS.filter((block) => isDrawn(block, input));
  return {
    knowledge,
    expected,
    computer: computerOf(facts),
    blocks: drawn.map((block) => drawBlock(block, input)),
    leftOut: BLOCKS.filter((block) => !drawn.includes(block)),
    chain: chainOf(input),
  };
}

function isDrawn(block: Block, { compared, facts }: DiagramInput): boolean {
  if (!DEVICE_BLOCKS.includes(block)) return true;
  if (compared.some(({ item }) => blockOf(item) === block)) return true;
  const { provided } = facts;
  return (
    provided?.state === "observed" &&
    provided.value.some(({ owner, id }) => block !== "auxiliary" && blockOfProvided(owner, id) === block)
  );
}

type Dated = DiagramInput["compared"][number];

function drawBlock(block: Block, input: DiagramInput): DiagramBlock {
  const { facts, knowledge } = input;
  const items = input.compared.filter(({ item }) => blockOf(item) === block);
  const safety = safetyOfBlock(block, input, items);
  const found = findingsOf(items, safety ?? "none");
  const status = statusOf(items, safety, input);
  const shown = shownAs(status, knowledge);
  const [first] = found;
  return {
    block,
    ...shown,
    safety,
    sinceMs: first?.sinceMs ?? null,
    items: items.length,
    findings: found.length,
    unseen: found.filter(({ finding }) => !wasSeen(finding)).length,
    parts: partsOf(items, safety ?? "none", knowledge),
    summary:
      first === undefined
        ? quietSummary(block, items, facts)
        : troubleSummary(first.finding, found.length - 1),
    links: linksOf(block, items, knowledge === "now"),
  };
}

/** The axis of this block alone: a surveillance unit that differs is drawn there, and not a second time at the daemon. */
function safetyOfBlock(
  block: Block,
  { facts, knowledge }: DiagramInput,
  items: readonly Dated[],
): Safety | null {
  if (block !== "safety") return null;
  return knowledge === "never" ? "unknown" : safetyOf(facts, items).value;
}

/** SEE-14: without an item that was compared there is nothing to call nominal. */
function statusOf(
  items: readonly Dated[],
  safety: Safety | null,
  { expected, knowledge }: DiagramInput,
): BlockStatus {
  const said = safety === null ? null : STATUS_OF_SAFETY[safety];
  const from = items.map((one) => itemStatus(one, safety ?? "none"));
  const found = worst(said === null ? from : [...from, said]);
  // A unit that runs as expected is no daemon that was heard: what protects nobody expects here is not called nominal.
  if (safety === "none" && found === "nominal") return "not-expected";
  if (found !== null && (items.length > 0 || found !== "unknown")) return found;
  if (!expected) return knowledge === "never" ? "unknown" : "not-compared";
  return "not-expected";
}

/** What must not be forgotten while nobody hears the scanner stays; everything else becomes a past that cannot be vouched for. */
const STICKY: readonly BlockStatus[] = ["unsafe", "tripped", "not-expected", "not-compared"];

function shownAs(
  status: BlockStatus,
  knowledge: DiagramInput["knowledge"],
): Pick<DiagramBlock, "status" | "was"> {
  if (knowledge === "now" || STICKY.includes(status)) return { status, was: null };
  return { status: "unknown", was: knowledge === "past" && status !== "unknown" ? status : null };
}

type Found = { finding: Finding; status: BlockStatus; sinceMs: number | null };

/** Worst first; among equals the manifest's order. */
function findingsOf(items: readonly Dated[], safety: Safety): Found[] {
  const found = items.flatMap((one) =>
    one.finding === null
      ? []
      : [{ finding: one.finding, status: itemStatus(one, safety), sinceMs: one.sinceMs }],
  );
  const rank = ({ status }: Found) => BLOCK_STATUSES.indexOf(status);
  return found.sort((a, b) => rank(a) - rank(b));
}

function partsOf(items: readonly Dated[], safety: Safety, knowledge: DiagramInput["knowledge"]): Part[] {
  const parts = new Map<string, BlockStatus>();
  for (const one of items) {
    const { part } = one.item;
    const status = itemStatus(one, safety);
    if (part !== undefined) parts.set(part, worse(parts.get(part) ?? status, status));
  }
  return [...parts].map(([part, status]) => ({ part, status: shownAs(status, knowledge).status }));
}

function computerOf({ host, kernel, closures }: Facts): Diagram["computer"] {
  const running = closures?.state === "observed" ? closures.value.running : null;
  return {
    os: host?.state === "observed" ? `${host.value.osName} ${host.value.osVersion}`.trim() : null,
    kernel: kernel?.state === "observed" ? kernel.value.release : null,
    toplevel: running?.state === "observed" ? running.value.path : null,
  };
}

function chainOf({ compared, facts: { safety }, knowledge }: DiagramInput): Chain | null {
  if (safety?.state === "observed" && safety.value.last !== null) {
    const { link, last } = safety.value;
    return { elements: last.chain, heard: knowledge === "now" && link === "connected" ? "now" : "past" };
  }
  const awaited = compared.flatMap(({ item }) =>
    item.kind === "safety-chain" ? (item.args.element ?? []) : [],
  );
  if (awaited.length === 0) return null;
  const elements = [...new Set(awaited)].map((id) => ({ id, state: "unknown" as const }));
  return { elements, heard: "never" };
}

/** How the drawing reads as one sentence, as counts; the words are made where it is shown. */
export type Reading = {
  code: "never" | "past" | "not-compared" | "findings" | "unseen" | "nominal";
  /** Blocks that something is expected of. */
  total: number;
  findings: Block[];
  unseen: Block[];
};

const TROUBLE: readonly BlockStatus[] = ["unsafe", "tripped", "failed", "drifted", "noted"];

export function readDiagram({ blocks, knowledge, expected }: Diagram): Reading {
  const at = (statuses: readonly BlockStatus[]) =>
    blocks.filter(({ status }) => statuses.includes(status)).map(({ block }) => block);
  const findings = at(TROUBLE);
  const unseen = at(["unknown"]);
  const total = blocks.filter(({ items }) => items > 0).length;
  const counts = { total, findings, unseen };
  if (knowledge !== "now") return { code: knowledge, ...counts };
  if (findings.length > 0) return { code: "findings", ...counts };
  if (!expected) return { code: "not-compared", ...counts };
  return { code: unseen.length > 0 ? "unseen" : "nominal", ...counts };
}
