import type { Conflict } from "#core/identity/judge.ts";
import type { Acknowledgement } from "#core/protocol/acknowledgement.ts";
import { parseReport, type Report } from "#core/report/report.ts";
import { Refused } from "#server/agent-api/checks.ts";
import { checkIdentity } from "#server/agent-api/identity-check.ts";
import type { Verified } from "#server/agent-api/messages.ts";
import type { Tx } from "#server/database/scoped.ts";
import { acknowledge } from "#server/report/acknowledge.ts";
import { compareNow, type Judged, judgeHeadline, recordFindings, rootedAt } from "#server/report/believe.ts";
import { appendToHistory, insertIntoHistory, stableFacts } from "#server/report/fact-history.ts";
import { factsDigest } from "#server/report/facts-digest.ts";
import * as history from "#server/report/history-store.ts";
import type { LinkEntry } from "#server/report/link-book.ts";
import { hear, type LinkState, reportSkewMs } from "#server/report/link-state.ts";
import { lockOut } from "#server/report/lock-out.ts";
import { judgeReport } from "#server/report/order.ts";
import { momentOf, placeOf } from "#server/report/place.ts";
import type { ReportDeps } from "#server/report/report-deps.ts";
import type { Now } from "#server/report/situation.ts";
import * as store from "#server/report/store.ts";
import { beliefColumns } from "#server/report/stored-beliefs.ts";
import { checkWitness } from "#server/report/witness.ts";

type Message = Verified<Report>;

/** What the transaction decided; nothing outside it happens before the commit. */
type Outcome =
  | {
      kind: "stored";
      ack: Acknowledgement;
      judged: Judged | null;
      digest: string | null;
      witnessNews: boolean;
    }
  | { kind: "duplicate"; ack: Acknowledgement }
  | { kind: "conflict"; conflict: Conflict }
  | { kind: "too-old" };

/**
 * One report, one transaction: locked, judged, stored, compared, concluded; acknowledged only after the commit (V-01, V-02).
 * @throws Refused for what identity and order forbid
 */
export async function ingestReport(deps: ReportDeps, message: Message): Promise<Acknowledgement> {
  const { key, value } = message;
  const entry = await deps.links.entry(key.scannerId, key.scope);
  const now = { nowMs: message.receivedAtMs, observingSinceMs: deps.watch.observingSinceMs() };
  const skewMs = reportSkewMs(entry.link, value, now.nowMs);
  const link = hear(entry.link, now.nowMs, now.observingSinceMs);
  const outcome = await deps.withScope({ siteIds: [key.scope.siteId] }, (tx) =>
    take(tx, { message, now, skewMs, link }),
  );
  return settle(deps, message, outcome, entry);
}

type Taken = { message: Message; now: Now; skewMs: number; link: LinkState };

async function take(tx: Tx, taken: Taken): Promise<Outcome> {
  const { message, now, link } = taken;
  const { value: report, body, key } = message;
  const scanner = await store.lockScanner(tx, key.scannerId);
  if (scanner === null) throw new Refused("key");
  checkIdentity(scanner.identity);
  const order = await judgeReport(tx, scanner, { report, body, nowMs: now.nowMs });
  switch (order.kind) {
    case "too-old":
      return order;
    case "conflict":
      await lockOut(tx, scanner, order, { link, now });
      return { kind: "conflict", conflict: order };
    case "duplicate":
      return { kind: "duplicate", ack: await acknowledge(tx, scanner, report, now.nowMs) };
    case "older":
      await storeLate(tx, scanner, taken);
      return stored(tx, scanner, taken, null);
    case "newer":
      return stored(tx, scanner, taken, await storeNewest(tx, scanner, taken));
  }
}

async function stored(
  tx: Tx,
  scanner: store.LockedScanner,
  { message, now }: Taken,
  judged: Judged | null,
): Promise<Outcome> {
  const witnessNews = await checkWitness(tx, rootedAt(scanner), message.value.witness, now.nowMs);
  const digest = judged === null ? null : factsDigest(message.value.facts);
  return {
    kind: "stored",
    ack: await acknowledge(tx, scanner, message.value, now.nowMs),
    judged,
    digest,
    witnessNews,
  };
}

/** The newest report: raw, history, findings, beliefs and headline move together. */
async function storeNewest(tx: Tx, scanner: store.LockedScanner, taken: Taken): Promise<Judged> {
  const { message, now, skewMs, link } = taken;
  const { value: report } = message;
  const owner = rootedAt(scanner);
  const atMs = momentOf({
    observedAtMs: report.observedAtMs,
    skewMs,
    receivedAtMs: now.nowMs,
    afterMs: scanner.state?.observedAt.getTime() ?? null,
    beforeMs: null,
  });
  await store.insertReport(tx, rawReport(owner, message, atMs));
  const open = await history.openFactIntervals(tx, scanner.id);
  const moment = { place: placeOf(report), atMs };
  await history.applyFactChanges(tx, owner, appendToHistory(open, stableFacts(report.facts), moment));
  const seen = { facts: report.facts, atMs, observedAgoMs: now.nowMs - atMs, skewMs };
  const { beliefs, basis } = await compareNow(tx, scanner, seen);
  await recordFindings(tx, owner, beliefs.findings, atMs);
  const { columns, ...judged } = await judgeHeadline(tx, scanner, { beliefs, link }, now);
  const { scannerId: _, ...scope } = owner;
  const state: store.StateData = {
    ...scope,
    ...placeOf(report),
    ...runningColumns(report),
    ...beliefColumns(beliefs),
    ...columns,
    bootId: report.bootId,
    facts: report.facts as object,
    opaque: report.opaque as object,
    factsDigest: factsDigest(report.facts),
    observedAt: new Date(atMs),
    receivedAt: new Date(now.nowMs),
    skewMs: Math.max(-INT_MAX, Math.min(INT_MAX, skewMs)),
    comparedWithId: basis.release?.releaseId ?? null,
  };
  await store.saveState(tx, scanner.id, state, beliefs.unverifiable);
  return judged;
}

const INT_MAX = 2_147_483_647;

/** A report that comes after a newer one changes history and nothing else: what is believed now stays with the newest (V-06). */
async function storeLate(tx: Tx, scanner: store.LockedScanner, taken: Taken): Promise<void> {
  const { message, now, skewMs } = taken;
  const { value: report } = message;
  const owner = rootedAt(scanner);
  const place = placeOf(report);
  const before = await store.reportBefore(tx, scanner.id, place);
  const after = await store.reportAfter(tx, scanner.id, place);
  const atMs = momentOf({
    observedAtMs: report.observedAtMs,
    skewMs,
    receivedAtMs: now.nowMs,
    afterMs: before?.observedAt.getTime() ?? null,
    beforeMs: after?.observedAt.getTime() ?? null,
  });
  await store.insertReport(tx, rawReport(owner, message, atMs));
  // The newest report's raw form may be past its thirty days; then its neighbours in history are not known any more.
  if (after === null) return;
  const late = {
    before: before === null ? null : neighbourFacts(before),
    facts: stableFacts(report.facts),
    moment: { place, atMs },
    after: {
      facts: neighbourFacts(after),
      moment: { place: placeOf(after), atMs: after.observedAt.getTime() },
    },
  };
  const covering = await history.coveringIntervals(tx, scanner.id, place);
  const openedAfter = await history.intervalsOpenedAt(tx, scanner.id, late.after.moment.place);
  await history.applyFactChanges(tx, owner, insertIntoHistory(late, covering, openedAfter));
}

/** A stored body was parsed before it was stored, by this program or an older one. */
function neighbourFacts({ body }: store.Neighbour) {
  const parsed = parseReport(JSON.parse(Buffer.from(body).toString("utf8")));
  return stableFacts(parsed.ok ? parsed.report.facts : {});
}

function rawReport(owner: store.Rooted, message: Message, atMs: number): store.RawReport {
  const { value, key, signature, body, receivedAtMs } = message;
  return {
    ...owner,
    ...placeOf(value),
    bootId: value.bootId,
    keyId: key.keyId,
    signature,
    body,
    observedAt: new Date(atMs),
    receivedAt: new Date(receivedAtMs),
  };
}

function runningColumns({ facts }: Report): { runningToplevel: string | null; runningDigest: string | null } {
  const running = facts.closures?.state === "observed" ? facts.closures.value.running : undefined;
  const runningToplevel = running?.state === "observed" ? running.value.path : null;
  const digests = facts.closureDigests?.state === "observed" ? facts.closureDigests.value : [];
  const known = digests.find(({ toplevel }) => toplevel === runningToplevel);
  return { runningToplevel, runningDigest: known?.digest ?? null };
}

/** After the commit: what this process remembers, who is told, and what the scanner hears. */
function settle(deps: ReportDeps, message: Message, outcome: Outcome, entry: LinkEntry): Acknowledgement {
  const { scannerId, scope } = message.key;
  switch (outcome.kind) {
    case "too-old":
      throw new Refused("order", "older than the reports that are kept");
    case "conflict":
      deps.forgetKey(scannerId);
      deps.nudge.scanners([scannerId], scope.siteId);
      deps.nudge.list("enrolment", scope.siteId);
      deps.log.warn("scanner.locked-out", { scannerId, code: outcome.conflict.code });
      throw new Refused("identity-locked", outcome.conflict.code);
    case "duplicate":
      return outcome.ack;
    case "stored": {
      const { judged, digest } = outcome;
      const { bootId } = message.value;
      // Only what is newer than everything known says "still here": a replay and a late one do not (V-07).
      if (digest !== null)
        deps.links.update(entry, (held) => ({
          ...held,
          link: hear(held.link, message.receivedAtMs, deps.watch.observingSinceMs()),
          stored: { digest, place: placeOf(message.value), bootId },
        }));
      if (outcome.witnessNews) deps.log.error("audit.witness-disagrees", { scannerId });
      if (judged !== null) deps.agenda.set(scannerId, judged.nextChangeMs, judged);
      deps.nudge.scanners([scannerId], scope.siteId);
      return outcome.ack;
    }
  }
}
