import { EXECUTORS } from "#agent/change/executors.ts";
import type { ChangePort } from "#agent/change/port.ts";
import { decide } from "#core/change/decide.ts";
import type { Effect } from "#core/change/effect.ts";
import type { ChangeEvent } from "#core/change/event.ts";
import type { Journal } from "#core/change/journal.ts";
import { toldOf } from "#core/change/told.ts";

/** No change has this many steps, also with three ways back: beyond it the table turns in a circle. */
const MOST_STEPS = 200;

/**
 * Carries a change forward from one event until nothing is left to do: the journal is durable before each step begins, and what a step
 * tells decides the next. Returns the journal as it was last saved.
 */
export async function carry(port: ChangePort, journal: Journal, event: ChangeEvent): Promise<Journal> {
  let { journal: now, effects } = decide(journal, event, port.clock.nowMs());
  await save(port, journal, now);
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const [effect] = effects;
    if (effect === undefined) return now;
    const happened = await execute(port, now, effect);
    // The host goes down: the journal says what was meant, and the next boot finds it.
    if (happened === null) return now;
    const next = decide(now, happened, port.clock.nowMs());
    await save(port, now, next.journal);
    now = next.journal;
    effects = next.effects;
  }
  throw new Error(`a change that does not end, in step ${now.step}`);
}

async function execute(port: ChangePort, journal: Journal, effect: Effect): Promise<ChangeEvent | null> {
  await port.fault(`${journal.step}.begun`);
  const executor = EXECUTORS[effect.do] as (
    port: ChangePort,
    journal: Journal,
    effect: Effect,
  ) => Promise<ChangeEvent | null>;
  const happened = await executor(port, journal, effect);
  if (happened !== null && happened.kind !== "done") port.log(`${journal.step}: ${JSON.stringify(happened)}`);
  await port.fault(`${journal.step}.done`);
  return happened;
}

async function save(port: ChangePort, before: Journal, after: Journal): Promise<void> {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  if (before.step !== after.step) port.log(`${before.step} -> ${after.step}`);
  await port.records.saveJournal(after);
  await port.records.tell(toldOf(after));
}
