import { v7 as uuidv7 } from "uuid";
import type { PardonStep } from "#core/change/pardon.ts";
import type { StickStep } from "#core/change/stick.ts";
import type { Act } from "#server/act.ts";
import * as store from "./store.ts";

type Said = { step: PardonStep | StickStep; source: "person" | "server"; by: string; detail: object };

/** What was decided about a change, and what the signer said to it, stands among its steps and moves it nowhere. */
export async function writeStep(
  { tx, nowMs }: Pick<Act, "tx" | "nowMs">,
  change: store.ChangeRecord,
  { step, source, by, detail }: Said,
): Promise<void> {
  const { organisationId, regionId, siteId, scannerId, state } = change;
  const place = { organisationId, regionId, siteId, scannerId };
  const row = { ...place, id: uuidv7(), changeId: change.id, at: new Date(nowMs), state, reason: step };
  await store.insertSteps(tx, [{ ...row, source, actor: by, detail }]);
}
