import type { SignerRefusal } from "#core/trust/signer-verbs.ts";

/** How long what could not be done is left alone, milliseconds. */
export const PATIENCE_MS = 30_000;
const AWAY_MS = 1_000;

type No = { refused: SignerRefusal | "away"; waitMs?: number | undefined };

/** Asked again after these, because they may be otherwise by then. */
const PASSING: readonly No["refused"][] = ["away", "too-often", "not-ready", "not-verified"];

/** How long to wait before the signer is asked the same again, milliseconds; null: its no is an answer. */
export function signerWaitMs({ refused, waitMs }: No): number | null {
  if (!PASSING.includes(refused)) return null;
  return refused === "away" ? AWAY_MS : (waitMs ?? PATIENCE_MS);
}

type Rounds<T> = {
  nowMs: () => number;
  due: (except: string[], nowMs: number) => Promise<T[]>;
  /** @returns how long to leave it alone, milliseconds */
  work: (one: T, nowMs: number) => Promise<number>;
};

/** A round over all that is due. One that cannot be carried holds up no other; the round says of it afterwards. */
export function createRounds<T extends { id: string }>({
  nowMs: clock,
  due,
  work,
}: Rounds<T>): () => Promise<void> {
  const notBefore = new Map<string, number>();
  return async () => {
    const nowMs = clock();
    for (const [id, untilMs] of notBefore) if (untilMs <= nowMs) notBefore.delete(id);
    const problems: unknown[] = [];
    for (const one of await due([...notBefore.keys()], nowMs)) {
      const waitMs = await work(one, nowMs).catch((error: unknown) => {
        problems.push(error);
        return PATIENCE_MS;
      });
      if (waitMs > 0) notBefore.set(one.id, nowMs + waitMs);
    }
    if (problems.length > 0) throw problems[0];
  };
}
