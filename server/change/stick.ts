import type { Membership } from "#core/access/membership.ts";
import { may, maySetField } from "#core/access/permission.ts";
import { type Carried, decideCarry, stickState } from "#core/change/stick.ts";
import type { ChangeState } from "#core/headline/axes.ts";
import type { ScannerId, Scope, SiteId } from "#core/identity/identity.ts";
import type { Act } from "#server/act.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";
import type { ServerFacts } from "#server/trpc.ts";
import { codeOrNull } from "./rows.ts";
import { stickCommand } from "./stick-command.ts";
import { stickSaid } from "./stick-store.ts";
import * as store from "./store.ts";
import type { StickView } from "./view.ts";
import { writeStep } from "./write-step.ts";

function carriedOf({ state, endedAt, cancelAskedAt, notAfter }: store.ChangeRecord): Carried {
  return {
    state: state as ChangeState,
    ended: endedAt !== null,
    cancelled: cancelAskedAt !== null,
    notAfterMs: notAfter.getTime(),
  };
}

/** Whoever may ask this scanner for this change may have it carried there. */
function mayAsk(memberships: readonly Membership[], change: store.ChangeRecord): boolean {
  const { organisationId, regionId, siteId, action } = change;
  const place = { organisationId, regionId, siteId } as Scope;
  return may(memberships, "change.carry", place) && maySetField(memberships, "change.request", action, place);
}

/**
 * A person has an open change made to last, so that it can be carried to its scanner on a stick (OFF-1). The row is the decision; the signer
 * is asked after the commit (server/change/sign-sticks.ts), and signs nothing that was not asked of this scanner before.
 */
export async function carryByStick(
  act: Act,
  memberships: readonly Membership[],
  ask: { changeId: string; reason: string; untilMs: number | null },
): Promise<Record<string, never>> {
  const { tx, nowMs, actor } = act;
  const change = await store.lockChange(tx, ask.changeId);
  if (change === null) throw new Refusal("not-found");
  if (!mayAsk(memberships, change)) throw new Refusal("action-not-yours");
  const decided = decideCarry(carriedOf(change), await stickSaid(tx, change.id), { ...ask, nowMs });
  if (!decided.ok) throw new Refusal(decided.why);
  const { untilMs } = decided;
  const { reason } = ask;
  await writeStep(act, change, {
    ...{ step: "carry-asked", source: "person", by: actor },
    detail: { reason, untilMs },
  });
  const { scannerId, siteId, releaseName } = change;
  const body = { scannerId, changeId: change.id, release: releaseName, untilMs, reason };
  await act.audit({ siteId: siteId as SiteId, action: "change.carried-by-stick", body });
  act.scannersChanged([scannerId as ScannerId], siteId as SiteId);
  return {};
}

type Reader = { memberships: readonly Membership[]; nowMs: number; server: ServerFacts; serial: string };

/** For the page of the change. Null: nobody decided anything, and the reader may not. */
export async function stickOf(
  tx: Tx,
  change: store.ChangeRecord,
  { memberships, nowMs, server, serial }: Reader,
): Promise<StickView | null> {
  const said = await stickSaid(tx, change.id);
  const carried = carriedOf(change);
  const mine = mayAsk(memberships, change);
  const mayCarry = mine && decideCarry(carried, said, { untilMs: null, nowMs }).ok;
  const asked = said.filter(({ step }) => step === "carry-asked");
  if (asked.length === 0 && !mayCarry) return null;
  const names = await store.actorNames(tx, [...new Set(asked.map(({ by }) => by))]);
  const { answer, good } = stickState(carried, said, nowMs);
  return {
    people: asked.map(({ by, atMs, why, untilMs }) => ({
      ...{ by: names.get(by) ?? null, atMs, why },
      untilMs: untilMs ?? carried.notAfterMs,
    })),
    answer: answer.state,
    refusal: answer.state === "refused" ? codeOrNull(answer.why) : null,
    good,
    command: mine && good.state === "now" ? stickCommand(server, { ...change, serial }, good.untilMs) : null,
    mayCarry,
  };
}
