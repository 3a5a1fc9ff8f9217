import type { Pardon } from "#core/trust/instruction.ts";

/**
 * What people decided of a failed change, as the steps of that change tell it (ACT-5, ACT-6, ADM-2): a hold is released by one person, a
 * block is lifted by two. Whether it has come to anything is the scanner's own word, and not to be had here.
 */
export const PARDON_STEPS = [
  "hold-released",
  "lift-asked",
  "lift-confirmed",
  "pardon-signed",
  "pardon-refused",
] as const;
export type PardonStep = (typeof PARDON_STEPS)[number];

/** In the order in which they were written. `of`: of `pardon-signed` and `pardon-refused`, the step that was signed or not. */
export type PardonSaid = {
  id: string;
  step: PardonStep;
  by: string;
  atMs: number;
  why: string;
  of: string | null;
};

/** A request that nobody confirmed within a day is over: the second person shall judge what the first one saw. */
export const LIFT_ASK_LASTS_MS = 24 * 60 * 60_000;
/** So long may the signed word take to reach the scanner (core/trust/instruction.ts). */
export const PARDON_LASTS_MS = 14 * 24 * 60 * 60_000;

export type PardonState =
  | { state: "none" }
  /** By one person; a second has to confirm it until then. */
  | { state: "asked"; first: PardonSaid; untilMs: number }
  /** Decided: to be signed, signed and on its way, or not to be had from the signer. */
  | { state: "decided" | "signed" | "refused"; people: PardonSaid[]; id: string; atMs: number };

const GRANTS = { "release-hold": "hold-released", "lift-block": "lift-confirmed" } as const satisfies Record<
  Pardon,
  PardonStep
>;

export function pardonState(pardon: Pardon, said: readonly PardonSaid[], nowMs: number): PardonState {
  const granted = said.findLast(({ step }) => step === GRANTS[pardon]);
  const asked = pardon === "lift-block" ? said.findLast(({ step }) => step === "lift-asked") : undefined;
  if (asked !== undefined && isAfter(said, asked, granted)) {
    const untilMs = asked.atMs + LIFT_ASK_LASTS_MS;
    if (nowMs < untilMs) return { state: "asked", first: asked, untilMs };
  }
  if (granted === undefined || nowMs >= granted.atMs + PARDON_LASTS_MS) return { state: "none" };
  const before = said.slice(0, said.indexOf(granted)).findLast(({ step }) => step === "lift-asked");
  const people = pardon === "lift-block" && before !== undefined ? [before, granted] : [granted];
  return { state: wordOf(said, granted), people, id: granted.id, atMs: granted.atMs };
}

function isAfter(said: readonly PardonSaid[], one: PardonSaid, other: PardonSaid | undefined): boolean {
  return other === undefined || said.indexOf(one) > said.indexOf(other);
}

function wordOf(said: readonly PardonSaid[], granted: PardonSaid): "decided" | "signed" | "refused" {
  const answer = said.findLast(({ of }) => of === granted.id);
  if (answer === undefined) return "decided";
  return answer.step === "pardon-signed" ? "signed" : "refused";
}

type No = "pardon-under-way" | "lift-asked-already" | "lift-not-asked" | "lift-needs-another-person";

/** Why this person may not; null: they may. What was signed may be decided again: the scanner may have missed it behind another word. */
export function refusePardon(
  act: "release" | "ask" | "confirm",
  state: PardonState,
  person: string,
): No | null {
  if (state.state === "decided") return "pardon-under-way";
  if (act === "release") return null;
  if (act === "ask") return state.state === "asked" ? "lift-asked-already" : null;
  if (state.state !== "asked") return "lift-not-asked";
  return state.first.by === person ? "lift-needs-another-person" : null;
}
