import type { FactKind } from "#core/report/kinds.ts";

/**
 * What the fleet can be asked for (EXP-9). `path` and `hash` are looked up in stored path lists and in facts, `package` in path lists
 * alone, everything else in facts.
 */
export const ASK_KINDS = [
  "package",
  "path",
  "hash",
  "kernel",
  "parameter",
  "module",
  "driver",
  "unit",
  "provided",
  "firmware",
  "pci",
  "usb",
  "gpu",
  "node",
  "safety",
  "os",
  "nix",
  "agent",
] as const;
export type AskKind = (typeof ASK_KINDS)[number];

/** What people also write before the colon. */
const SPELLINGS = {
  pkg: "package",
  service: "unit",
  device: "pci",
  file: "node",
  daemon: "safety",
} as const satisfies Record<string, AskKind>;

export function askKindOf(word: string): AskKind | null {
  const lower = word.toLowerCase();
  if (Object.hasOwn(SPELLINGS, lower)) return SPELLINGS[lower as keyof typeof SPELLINGS];
  return ASK_KINDS.find((kind) => kind === lower) ?? null;
}

/** Answered from the path lists of closures. */
type ListedKind = "package" | "path" | "hash";
export type FactAskKind = Exclude<AskKind, ListedKind>;

/**
 * The shelves of the index: the kinds one can ask for, and three that only the server reads. `number` names provided values that are
 * numbers (they move all day, so their values are not part of the shared content), `running` the toplevel a scanner runs, `digest` the
 * digest it reported for a toplevel.
 */
export type Shelf = FactAskKind | "number" | "running" | "digest";

/** From which facts a shelf is filled. */
export const SHELF_FACTS = {
  kernel: ["kernel"],
  parameter: ["kernel"],
  module: ["modules"],
  driver: ["pci", "usb"],
  unit: ["units"],
  provided: ["provided"],
  number: ["provided"],
  firmware: ["provided", "firmware"],
  pci: ["pci"],
  usb: ["usb"],
  gpu: ["gpus"],
  node: ["deviceNodes"],
  safety: ["safety"],
  os: ["host"],
  nix: ["nix"],
  agent: ["agent"],
  running: ["closures"],
  digest: ["closureDigests"],
} as const satisfies Record<Shelf, readonly FactKind[]>;

export const FACT_ASK_KINDS: readonly FactAskKind[] = ASK_KINDS.filter(
  (kind): kind is FactAskKind => kind !== "package" && kind !== "path" && kind !== "hash",
);

/** Facts that have a place in the index; intervals of other facts carry none. */
export const INDEXED_FACTS: readonly FactKind[] = [...new Set(Object.values(SHELF_FACTS).flat())].sort();
