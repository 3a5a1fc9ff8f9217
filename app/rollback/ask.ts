import { v4 as uuidv4 } from "uuid";
import type { RollbackTarget } from "#server/change/view.ts";

/** Why people at a scanner go back, in the order of frequency; `other` needs words. */
export const WHYS = ["update", "image", "driver", "service", "other"] as const;
export type Why = (typeof WHYS)[number];

/** What the page will ask for. `requestKey` is made once for it: sent twice it is one change (ACT-7). */
export type Ask = { target: RollbackTarget; why: Why | null; words: string; requestKey: string };

/** The last confirmed one that can be gone back to; null: there is none. */
export function preselected(targets: readonly RollbackTarget[]): RollbackTarget | null {
  return targets.find(({ running, against }) => !running && against.length === 0) ?? null;
}

/** Works where `crypto.randomUUID` does not: on a portal that is reached over plain http in a hospital's own network. */
export function newRequestKey(): string {
  return uuidv4();
}

/** Which answer is missing before it can be reviewed; null: none. */
export function missing({ why, words }: Pick<Ask, "why" | "words">): "why" | "words" | null {
  if (why === null) return "why";
  return why === "other" && words.trim() === "" ? "words" : null;
}
