import type { Membership } from "#core/access/membership.ts";
import type { ChangeState } from "#core/headline/axes.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";
import type { ServerFacts } from "#server/trpc.ts";
import { pardonsOf } from "./pardon.ts";
import { changeRows, codeOrNull } from "./rows.ts";
import { stickOf } from "./stick.ts";
import * as store from "./store.ts";
import type { ChangeEvidence, ChangeStepView, ChangeView, UsualStep } from "./view.ts";

/** Fewer say nothing about the next one. */
const FEWEST = 3;

/** Nothing is said of a change that has ended: its own steps say how long they took. */
async function usualSteps(tx: Tx, record: store.ChangeRecord): Promise<UsualStep[]> {
  if (record.endedAt !== null) return [];
  const rows = await store.stepDurations(tx, record);
  return rows
    .filter(({ of }) => of >= FEWEST)
    .map(({ state, medianMs, of }) => ({ state: state as ChangeState, medianMs: Math.round(medianMs), of }));
}

export async function changePage(
  tx: Tx,
  changeId: string,
  reader: { memberships: readonly Membership[]; nowMs: number; actor: string; server: ServerFacts },
): Promise<ChangeView> {
  const record = await store.changeById(tx, changeId);
  const [row] = record === null ? [] : await changeRows(tx, [record], reader.memberships);
  if (record === null || row === undefined) throw new Refusal("not-found");
  const steps = await store.stepsOf(tx, changeId);
  const people = steps.filter(({ source }) => source === "person").map(({ actor }) => actor);
  const names = await store.actorNames(tx, [...new Set(people)]);
  return {
    ...row,
    steps: steps.map((step): ChangeStepView => {
      const { percent = null } = step.detail as { percent?: number | null };
      const source = step.source as ChangeStepView["source"];
      return {
        atMs: step.at.getTime(),
        state: step.state as ChangeState,
        reason: codeOrNull(step.reason),
        source,
        by: source === "scanner" ? row.serial : (names.get(step.actor) ?? null),
        percent,
      };
    }),
    usual: await usualSteps(tx, record),
    pardons: await pardonsOf(tx, record, reader),
    stick: await stickOf(tx, record, { ...reader, serial: row.serial }),
    evidence: record.evidence as unknown as ChangeEvidence | null,
  };
}
