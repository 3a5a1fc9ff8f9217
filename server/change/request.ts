import { v7 as uuidv7 } from "uuid";
import type { Membership } from "#core/access/membership.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Facts } from "#core/report/report.ts";
import { type InstructionAction, LONGEST_INSTRUCTION_MS } from "#core/trust/instruction.ts";
import type { Act } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import { unlessTaken } from "#server/taken.ts";
import { type Judged, judgeScanners } from "./known.ts";
import { notYours } from "./rights.ts";
import * as store from "./store.ts";
import type { Requested } from "./view.ts";

export type RequestAsk = {
  scannerIds: ScannerId[];
  action: InstructionAction;
  release: string;
  reason: string;
  requestKey: string;
  notBeforeMs: number | null;
  notAfterMs: number | null;
};

/**
 * A person asks for a change of one or several named scanners: all of them or none. The row is the request; the signer signs it after
 * the commit, and from there on only the scanner's own signed reports move it on (ACT-7).
 * @throws Refusal `change-open` where a change runs already, `change-against` where something speaks against it
 */
export async function requestChange(
  act: Act,
  memberships: readonly Membership[],
  ask: RequestAsk,
): Promise<Requested> {
  const { tx } = act;
  await store.lockScanners(tx, ask.scannerIds);
  const { judged } = await judgeScanners(tx, ask);
  if (judged.length !== new Set(ask.scannerIds).size) throw new Refusal("not-found");
  for (const { scanner } of judged) {
    const why = notYours(memberships, scanner, ask);
    if (why !== null) throw new Refusal(why);
  }
  const period = periodOf(ask, act.nowMs);
  const before = await store.byRequestKey(tx, ask.scannerIds, ask.requestKey);
  // The same key for another wish is a page gone wrong: what was asked first would be told as if it were this.
  if (before.some((one) => one.action !== ask.action || one.releaseName !== ask.release))
    throw new Refusal("request-key-used");
  const again = new Map(before.map((one) => [one.scannerId, one.id]));
  const fresh = judged.filter(({ scanner }) => !again.has(scanner.id));
  for (const one of fresh) refuseWhatStandsAgainst(one);
  const rows = fresh.map((one) => newChange(one, ask, { act, period }));
  await unlessTaken(store.insertChanges(tx, rows), new Refusal("change-open", serialOf(fresh)));
  await store.insertSteps(
    tx,
    rows.map((row) => firstStep(row, act)),
  );
  await tell(act, judged, ask);
  const ids = new Map([...again, ...rows.map((row): [string, string] => [row.scannerId, row.id])]);
  return {
    changes: judged.map(({ scanner }) => ({
      scannerId: scanner.id as ScannerId,
      changeId: ids.get(scanner.id) ?? "",
    })),
  };
}

type Period = { notBeforeMs: number; notAfterMs: number };

function periodOf({ action, notBeforeMs, notAfterMs }: RequestAsk, nowMs: number): Period {
  const latestMs = nowMs + LONGEST_INSTRUCTION_MS[action];
  const period = { notBeforeMs: notBeforeMs ?? nowMs, notAfterMs: notAfterMs ?? latestMs };
  if (period.notAfterMs > latestMs || period.notAfterMs <= Math.max(nowMs, period.notBeforeMs))
    throw new Refusal("change-time-out-of-range");
  return period;
}

function refuseWhatStandsAgainst({ scanner, openChangeId, against }: Judged): void {
  const { serial } = scanner;
  if (openChangeId !== null) throw new Refusal("change-open", { serial });
  const [first] = against;
  if (first !== undefined) throw new Refusal("change-against", { serial, why: first.code });
}

function serialOf(judged: readonly Judged[]): { serial: string } {
  return { serial: judged[0]?.scanner.serial ?? "" };
}

function newChange(
  { scanner, system, known, facts }: Judged,
  ask: RequestAsk,
  { act, period }: { act: Act; period: Period },
): store.NewChange {
  if (system === null) throw new Refusal("change-against", { serial: scanner.serial, why: "wrong-model" });
  const { organisationId, regionId, siteId } = scanner;
  const at = new Date(act.nowMs);
  return {
    id: uuidv7(),
    organisationId,
    regionId,
    siteId,
    scannerId: scanner.id,
    requestKey: ask.requestKey,
    action: ask.action,
    releaseId: system.id,
    releaseName: system.name,
    system: system.system,
    toplevel: system.toplevel,
    fromToplevel: known.running?.toplevel ?? null,
    fromBooted: bootedIn(facts),
    safety: system.content.health.safety,
    reason: ask.reason,
    requestedBy: act.actor,
    requestedAt: at,
    notBefore: new Date(period.notBeforeMs),
    notAfter: new Date(period.notAfterMs),
    stateSince: at,
  };
}

function bootedIn({ closures }: Facts): string | null {
  if (closures?.state !== "observed" || closures.value.booted.state !== "observed") return null;
  return closures.value.booted.value.path;
}

function firstStep(row: store.NewChange, act: Act): store.NewStep {
  const { id, organisationId, regionId, siteId, scannerId } = row;
  const detail = { action: row.action, release: row.releaseName };
  return {
    id: uuidv7(),
    organisationId,
    regionId,
    siteId,
    scannerId,
    changeId: id,
    at: row.requestedAt,
    state: "offered",
    source: "person",
    actor: act.actor,
    detail,
  };
}

/** A request that came again is told of again: the log says what was asked, the changes say what was done. */
async function tell(act: Act, judged: readonly Judged[], ask: RequestAsk): Promise<void> {
  const { action, release, reason, requestKey } = ask;
  await act.auditEach(
    judged.map(({ scanner, system }) => ({
      siteId: scanner.siteId as SiteId,
      action: "change.requested",
      body: {
        scannerId: scanner.id,
        serial: scanner.serial,
        action,
        release,
        toplevel: system?.toplevel ?? null,
        requestKey,
        reason,
      },
    })),
  );
  for (const { scanner } of judged) act.scannersChanged([scanner.id as ScannerId], scanner.siteId as SiteId);
}
