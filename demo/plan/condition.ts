import type { ChangeState } from "#core/headline/axes.ts";
import type { FaultId } from "#demo/fault/fault-id.ts";
import type { ModelName } from "#demo/model/model.ts";
import { randomFor } from "#demo/plan/random.ts";
import { isAnni, type ScannerCard } from "#demo/plan/scanner-card.ts";

/** How a scanner stands at the plan's now, by the headline that its state must give (status.md, seed fleet). */
export type Condition =
  | { word: "nominal" }
  | { word: "behind" }
  | { word: "drifted"; fault: FaultId }
  | { word: "offline" }
  | { word: "updating"; state: Extract<ChangeState, "armed" | "activating" | "probation"> }
  | { word: "degraded"; fault: FaultId }
  | { word: "unknown"; fault: FaultId }
  | { word: "unsafe"; fault: FaultId };

/** Parts of a thousand; the rest is nominal. */
const SHARES = {
  behind: 60,
  drifted: 60,
  offline: 30,
  updating: 20,
  degraded: 16,
  unknown: 8,
  unsafe: 6,
} as const satisfies Partial<Record<Condition["word"], number>>;
type Trouble = keyof typeof SHARES;

/** Faults by the headline they give, in the order they are handed out: a small fleet shows the most telling first. */
const FAULTS_OF = {
  drifted: ["F14", "F15", "F25"],
  degraded: ["F03", "F05", "F02", "F23", "F07", "F01", "F24", "F16"],
  unknown: ["F19", "F19", "F19", "F19", "F27"],
  unsafe: ["F26", "F11", "F12", "F10", "F13", "F08", "F09", "F06", "F04"],
} as const satisfies Partial<Record<Trouble, readonly FaultId[]>>;

/** A spectrometer on a bench has no safety daemon, no robot and no cooling. */
const NOT_ON_BENCH: readonly FaultId[] = [
  "F04",
  "F06",
  "F08",
  "F09",
  "F10",
  "F11",
  "F12",
  "F13",
  "F23",
  "F24",
  "F26",
];

export function happensTo(fault: FaultId, model: ModelName): boolean {
  return model !== "FS-10" || !NOT_ON_BENCH.includes(fault);
}

const UPDATING = ["probation", "activating", "armed"] as const;

/** One condition for each card, in the cards' order: exact shares over the fleet, scattered over it by the seed. */
export function conditionsFor(cards: readonly ScannerCard[], seed: string): Condition[] {
  const troubles = Object.entries(SHARES).flatMap(([word, share]) => {
    const upTo = Math.round((cards.length * share) / 1000);
    return Array.from({ length: upTo }, (_, at) => conditionOf(word as Trouble, at));
  });
  const random = randomFor(seed, "conditions");
  const order = cards.map((card, at) => ({ card, at, draw: random.next() })).sort((a, b) => a.draw - b.draw);
  const given = new Map<number, Condition>();
  for (const trouble of troubles) {
    const taker = order.find(({ card, at }) => !given.has(at) && !isAnni(card) && fits(trouble, card.model));
    if (taker !== undefined) given.set(taker.at, trouble);
  }
  return cards.map((_, at) => given.get(at) ?? { word: "nominal" });
}

function fits(condition: Condition, model: ModelName): boolean {
  return !("fault" in condition) || happensTo(condition.fault, model);
}

function conditionOf(word: Trouble, at: number): Condition {
  switch (word) {
    case "behind":
    case "offline":
      return { word };
    case "updating":
      return { word, state: UPDATING[at % UPDATING.length] ?? "probation" };
    default: {
      const faults = FAULTS_OF[word];
      return { word, fault: faults[at % faults.length] ?? faults[0] };
    }
  }
}
