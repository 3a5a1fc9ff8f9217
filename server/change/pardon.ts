import type { Membership } from "#core/access/membership.ts";
import { may, type ProcedureName } from "#core/access/permission.ts";
import {
  type PardonSaid,
  type PardonState,
  type PardonStep,
  pardonState,
  refusePardon,
} from "#core/change/pardon.ts";
import type { ScannerId, Scope, SiteId } from "#core/identity/identity.ts";
import type { Facts } from "#core/report/report.ts";
import type { Pardon } from "#core/trust/instruction.ts";
import type { Act } from "#server/act.ts";
import type { Tx } from "#server/database/scoped.ts";
import { Refusal } from "#server/refusal.ts";
import * as pardons from "./pardon-store.ts";
import * as store from "./store.ts";
import type { PardonsView, PardonView } from "./view.ts";
import { writeStep } from "./write-step.ts";

/** What the scanner itself says of a failed change: that it is held after it, and that it blocks what it brought. */
function standingOf(facts: Facts, { id, toplevel }: store.ChangeRecord) {
  const { quarantine } = facts;
  if (quarantine?.state !== "observed") return { held: null, blocked: null };
  const { held, blocked } = quarantine.value;
  return {
    held: held?.changeId === id ? held : null,
    blocked: blocked?.find((one) => one.changeId === id && one.toplevel === toplevel) ?? null,
  };
}

export function saidOf(rows: readonly pardons.PardonStepRow[]): PardonSaid[] {
  return rows.map(({ id, reason, actor, at, detail }) => {
    const { reason: why = "", of = null } = detail as { reason?: string; of?: string | null };
    return { id, step: reason as PardonStep, by: actor, atMs: at.getTime(), why, of };
  });
}

const ACTS = {
  release: { pardon: "release-hold", step: "hold-released", audit: "change.hold-released" },
  ask: { pardon: "lift-block", step: "lift-asked", audit: "change.lift-asked" },
  confirm: { pardon: "lift-block", step: "lift-confirmed", audit: "change.lift-confirmed" },
} as const satisfies Record<string, { pardon: Pardon; step: PardonStep; audit: string }>;

/**
 * A person releases a scanner that is held after this change, asks to lift the block of what it brought, or confirms that as the second
 * person (ACT-5, ACT-6, ADM-2). The row is the decision; the signer signs it after the commit, and the scanner believes nothing else.
 */
export async function pardon(
  act: Act,
  what: keyof typeof ACTS,
  ask: { changeId: string; reason: string },
): Promise<Record<string, never>> {
  const { tx, nowMs, actor } = act;
  const change = await store.lockChange(tx, ask.changeId);
  if (change === null) throw new Refusal("not-found");
  const { pardon: about, step, audit } = ACTS[what];
  const facts = (await pardons.factsOfScanner(tx, change.scannerId)) as Facts;
  const { held, blocked } = standingOf(facts, change);
  if (about === "release-hold" && held === null) throw new Refusal("not-held-by-it");
  if (about === "lift-block" && blocked === null) throw new Refusal("not-blocked-by-it");
  const said = saidOf(await pardons.pardonSteps(tx, change.id));
  const no = refusePardon(what, pardonState(about, said, nowMs), actor);
  if (no !== null) throw new Refusal(no);
  await writeStep(act, change, { step, source: "person", by: actor, detail: { reason: ask.reason } });
  const { scannerId, siteId, releaseName, toplevel } = change;
  const body = { scannerId, changeId: change.id, release: releaseName, toplevel, reason: ask.reason };
  await act.audit({ siteId: siteId as SiteId, action: audit, body });
  act.scannersChanged([scannerId as ScannerId], siteId as SiteId);
  return {};
}

type Reader = { memberships: readonly Membership[]; nowMs: number; actor: string };

/** For the page of the change. Null: the scanner says nothing of it, and nobody decided anything. */
export async function pardonsOf(
  tx: Tx,
  change: store.ChangeRecord,
  { memberships, nowMs, actor }: Reader,
): Promise<PardonsView | null> {
  if (change.state !== "rolled-back") return null;
  const facts = (await pardons.factsOfScanner(tx, change.scannerId)) as Facts;
  const { held, blocked } = standingOf(facts, change);
  if (held === null && blocked === null) return null;
  const said = saidOf(await pardons.pardonSteps(tx, change.id));
  const names = await store.actorNames(tx, [...new Set(said.map(({ by }) => by))]);
  const { organisationId, regionId, siteId } = change;
  const place = { organisationId, regionId, siteId } as Scope;
  const allowed = (procedure: ProcedureName) => may(memberships, procedure, place);
  const view = (about: Pardon, sinceMs: number): PardonView => {
    const state = pardonState(about, said, nowMs);
    return {
      sinceMs,
      ...stateView(state, names),
      mayRelease: allowed("change.releaseHold") && refusePardon("release", state, actor) === null,
      mayAsk: allowed("change.askLift") && refusePardon("ask", state, actor) === null,
      mayConfirm: allowed("change.confirmLift") && refusePardon("confirm", state, actor) === null,
    };
  };
  return {
    held: held === null ? null : view("release-hold", held.sinceMs),
    blocked: blocked === null ? null : view("lift-block", blocked.sinceMs),
  };
}

function stateView(
  state: PardonState,
  names: ReadonlyMap<string, string>,
): Pick<PardonView, "state" | "people" | "untilMs"> {
  const person = ({ by, atMs, why }: PardonSaid) => ({ by: names.get(by) ?? null, atMs, why });
  switch (state.state) {
    case "none":
      return { state: "none", people: [], untilMs: null };
    case "asked":
      return { state: "asked", people: [person(state.first)], untilMs: state.untilMs };
    default:
      return { state: state.state, people: state.people.map(person), untilMs: null };
  }
}
