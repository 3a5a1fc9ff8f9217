import type { Membership } from "#core/access/membership.ts";
import { may, maySetField } from "#core/access/permission.ts";
import { refusedWord } from "#core/change/refused-word.ts";
import { linkOf, silenceCode, silentSinceMs } from "#core/headline/link.ts";
import type { Situation } from "#core/headline/situation.ts";
import type { RegionId, ReleaseId, Scope } from "#core/identity/identity.ts";
import { reason } from "#core/message/reason.ts";
import { LATE_AFTER_MS, OFFLINE_AFTER_MS } from "#core/protocol/timing.ts";
import type { Reason } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";
import type { Tx } from "#server/database/scoped.ts";
import { conflictingHardware } from "#server/enrolment/service.ts";
import { Refusal } from "#server/refusal.ts";
import { seeScanner } from "#server/scanner/fleet-row.ts";
import * as store from "#server/scanner/store.ts";
import type { ScannerPage } from "#server/scanner/view.ts";
import { observingSinceMs } from "#server/ticker/attention.ts";

/** Foreign and missing answer alike (P-02); a scanner nobody approved is not part of the fleet yet. */
export async function requireScanner(tx: Tx, scannerId: string): Promise<store.ScannerWithFacts> {
  const scanner = await store.scannerWithFacts(tx, scannerId);
  if (scanner === null || scanner.identity === "pending" || scanner.identity === "refused")
    throw new Refusal("not-found");
  return scanner;
}

export function factsOf(scanner: store.ScannerWithFacts): Facts {
  return (scanner.state?.facts ?? {}) as Facts;
}

export type Reader = { memberships: readonly Membership[]; nowMs: number };

export async function scannerPage(tx: Tx, scannerId: string, reader: Reader): Promise<ScannerPage> {
  const scanner = await requireScanner(tx, scannerId);
  const { state } = scanner;
  const { nowMs } = reader;
  const names = await store.releaseNames(tx, state?.comparedWithId == null ? [] : [state.comparedWithId]);
  const now = { nowMs, observingSinceMs: await observingSinceMs(tx, nowMs) };
  const { row, situation, beliefs } = seeScanner(scanner, names, now);
  const facts = factsOf(scanner);
  return {
    ...row,
    axes: axesOf(situation, beliefs.reasons),
    refused: refusedWord(facts),
    serviceMark: row.service === "in-service" ? null : await serviceMarkOf(tx, scanner),
    hostname: scanner.hostname,
    regionId: scanner.regionId as RegionId,
    nowMs,
    seq:
      state === null
        ? null
        : { bootCounter: state.bootCounter, startCounter: state.startCounter, seq: state.seq },
    observedAtMs: state?.observedAt.getTime() ?? null,
    receivedAtMs: state?.receivedAt.getTime() ?? null,
    skewMs: scanner.link?.bootId === state?.bootId ? (scanner.link?.skewMs ?? 0) : (state?.skewMs ?? 0),
    agent: facts.agent?.state === "observed" ? facts.agent.value : null,
    baseline: await baselineOf(tx, scanner),
    safety: facts.safety ?? null,
    siblings: await store.siblingCount(tx, scanner),
    identityReason: scanner.identityReason,
    otherHardware: scanner.identity === "locked-out" ? await conflictingHardware(tx, scanner.id) : null,
    host: facts.host ?? null,
    findings: [...situation.findings],
    may: mayOf(scanner, reader.memberships),
  };
}

function axesOf(
  situation: Situation,
  reasons: Record<"safety" | "function" | "software" | "currency", Reason>,
) {
  const { safety, function: fn, software, currency, change } = situation;
  return {
    link: linkAxis(situation),
    safety: { ...safety, reason: reasons.safety },
    function: { ...fn, reason: reasons.function },
    software: { ...software, reason: reasons.software },
    currency: { ...currency, reason: reasons.currency },
    change: { value: change.value, sinceMs: change.sinceMs },
  };
}

/** The link turned when its silence passed the limit, not when somebody looked. */
function linkAxis(situation: Situation): ScannerPage["axes"]["link"] {
  const value = linkOf(situation);
  const lastSeenAtMs = situation.lastSeenMs ?? 0;
  const silentMs = silentSinceMs(situation) ?? situation.nowMs;
  switch (value) {
    case "live":
      return { value, sinceMs: lastSeenAtMs, reason: reason("link-live", { lastSeenAtMs }) };
    case "late":
      return { value, sinceMs: silentMs + LATE_AFTER_MS, reason: reason("link-late", { lastSeenAtMs }) };
    case "offline": {
      // Who was offline before the server's own outage is so since its own silence.
      const fromMs = situation.absence === "silent" ? lastSeenAtMs : silentMs;
      const sinceMs = Math.min(situation.nowMs, fromMs + OFFLINE_AFTER_MS);
      return { value, sinceMs, reason: reason(silenceCode(situation), { lastSeenAtMs }) };
    }
    case "never":
      return { value, sinceMs: situation.safety.sinceMs, reason: reason("never-reported") };
  }
}

async function serviceMarkOf(tx: Tx, scanner: store.ScannerWithFacts): Promise<ScannerPage["serviceMark"]> {
  const { serviceReason: reason, serviceSince, serviceUntil, serviceBy } = scanner;
  return {
    reason,
    sinceMs: serviceSince?.getTime() ?? null,
    untilMs: serviceUntil?.getTime() ?? null,
    by: serviceBy === null ? null : ((await store.personName(tx, serviceBy)) ?? serviceBy),
  };
}

async function baselineOf(tx: Tx, scanner: store.ScannerWithFacts): Promise<ScannerPage["baseline"]> {
  const { pinnedReleaseId } = scanner;
  const release = pinnedReleaseId === null ? null : await store.releaseById(tx, pinnedReleaseId);
  if (release === null) return null;
  const adoptedBy = scanner.pinnedBy ?? release.createdBy;
  return {
    releaseId: release.id as ReleaseId,
    name: release.name,
    origin: release.origin === "signed" ? "signed" : "observed",
    adoptedAtMs: (scanner.pinnedAt ?? release.createdAt).getTime(),
    adoptedBy: (await store.personName(tx, adoptedBy)) ?? adoptedBy,
  };
}

/** What the page offers; every procedure judges again. */
function mayOf(scanner: store.ScannerWithFacts, memberships: readonly Membership[]): ScannerPage["may"] {
  const { organisationId, regionId, siteId, identity } = scanner;
  const place = { organisationId, regionId, siteId } as Scope;
  return {
    adopt: may(memberships, "baseline.adopt", place) && identity === "approved",
    rename: may(memberships, "scanner.rename", place),
    serial: maySetField(memberships, "scanner.rename", "serial", place),
    release: may(memberships, "enrolment.release", place) && identity === "locked-out",
    maintain: may(memberships, "scanner.maintain", place) && identity !== "retired",
    move: may(memberships, "scanner.move", place),
    retire: may(memberships, "scanner.retire", place) && identity !== "retired",
    replace: may(memberships, "enrolment.createToken", place),
    rollback: maySetField(memberships, "change.request", "rollback", place) && identity === "approved",
    upgrade: maySetField(memberships, "change.request", "activate", place) && identity === "approved",
  };
}
