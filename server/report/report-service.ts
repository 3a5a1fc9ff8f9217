import type { Conflict } from "#core/identity/judge.ts";
import type { Acknowledgement } from "#core/protocol/acknowledgement.ts";
import { carriedSkewMs, hear, type LinkState, reportSkewMs } from "#core/report/link-state.ts";
import { parseReport, type Report } from "#core/report/report.ts";
import { Refused } from "#server/agent-api/checks.ts";
import { checkIdentity } from "#server/agent-api/identity-check.ts";
import type { Verified } from "#server/agent-api/messages.ts";
import { appendAudit, auditChainOf } from "#server/audit/service.ts";
import { followChange } from "#server/change/follow.ts";
import type { Tx } from "#server/database/scoped.ts";
import { auditLocal } from "#server/local/service.ts";
import { acknowledge, digestsIn } from "#server/report/acknowledge.ts";
import { compareNow, findingChanges, type Judged, judgeHeadline, rootedAt } from "#server/report/believe.ts";
import {
  appendToHistory,
  insertIntoHistory,
  type StableFacts,
  stableFacts,
} from "#server/report/fact-history.ts";
import { stableDigest } from "#server/report/facts-digest.ts";
import * as history from "#server/report/history-store.ts";
import type { LinkEntry } from "#server/report/link-book.ts";
import { lockOut } from "#server/report/lock-out.ts";
import { judgeReport } from "#server/report/order.ts";
import { momentOf, placeOf } from "#server/report/place.ts";
import { lockForReport, type ReportReads } from "#server/report/reads-store.ts";
import { knownReleases, readManifests } from "#server/report/releases.ts";
import type { ReportDeps } from "#server/report/report-deps.ts";
import type { LockedScanner } from "#server/report/scanner-rows-store.ts";
import type { Now } from "#server/report/situation.ts";
import * as store from "#server/report/store.ts";
import { beliefColumns } from "#server/report/stored-beliefs.ts";
import { checkWitness } from "#server/report/witness.ts";
import { recordReadings } from "#server/series/service.ts";

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
  | { kind: "too-old" }
  | { kind: "changed" };

/**
 * One report, one transaction: locked, judged, stored, compared, concluded; acknowledged only after the commit (V-01, V-02).
 * @throws Refused for what identity and order forbid
 */
export async function ingestReport(deps: ReportDeps, message: Message): Promise<Acknowledgement> {
  const { key, value } = message;
  const entry = await deps.links.entry(key);
  const now = { nowMs: message.receivedAtMs, observingSinceMs: deps.watch.observingSinceMs() };
  // What somebody carried here was not said now: the link stays as silent as it was (decision 0023).
  const { carried = false } = message;
  const skewMs = carried ? carriedSkewMs(entry.link, value) : reportSkewMs(entry.link, value, now.nowMs);
  const link = carried ? entry.link : hear(entry.link, now.nowMs, now.observingSinceMs);
  const facts = stableFacts(value.facts);
  const taken = { message, now, skewMs, link, facts, digest: stableDigest(facts) };
  const directorVersion = deps.directorVersion(key.scannerId);
  const outcome = await deps.withScope({ siteIds: [key.scope.siteId] }, (tx) =>
    take(tx, { ...taken, directorVersion }),
  );
  return settle(deps, message, outcome, entry);
}

type Taken = {
  message: Message;
  now: Now;
  skewMs: number;
  link: LinkState;
  facts: StableFacts;
  digest: string;
  directorVersion: number;
};

async function take(tx: Tx, taken: Taken): Promise<Outcome> {
  const { message, now, link } = taken;
  const { value: report, body, key } = message;
  const reads = await lockForReport(tx, {
    scannerId: key.scannerId,
    chain: auditChainOf(key.scope),
    facts: taken.facts,
    toplevel: runningColumns(report).runningToplevel,
    digests: digestsIn(report),
    witness: report.witness,
  });
  if (reads !== null) checkIdentity(reads.scanner.identity);
  // It was moved, or its key was exchanged, after this process learnt the key: what is known of it is looked up again.
  if (reads?.scanner.identitySince.getTime() !== key.standingSinceMs) return { kind: "changed" };
  const { scanner } = reads;
  const order = await judgeReport(tx, scanner, { report, body, nowMs: now.nowMs });
  switch (order.kind) {
    case "too-old":
      return order;
    case "conflict":
      await lockOut(tx, scanner, order, { link, now });
      return { kind: "conflict", conflict: order };
    case "duplicate":
      return { kind: "duplicate", ack: acknowledge(reads, report, taken) };
    case "older":
      await storeLate(tx, scanner, taken);
      return stored(tx, reads, taken, null);
    case "newer":
      return stored(tx, reads, taken, await storeNewest(tx, reads, taken));
  }
}

async function stored(tx: Tx, reads: ReportReads, taken: Taken, judged: Judged | null): Promise<Outcome> {
  const { message, now, digest } = taken;
  if (message.carried === true) await auditCarried(tx, taken);
  const witnessNews = await checkWitness(tx, reads, message.value.witness, now.nowMs);
  return {
    kind: "stored",
    ack: acknowledge(reads, message.value, taken),
    judged,
    digest: judged === null ? null : digest,
    witnessNews,
  };
}

/** Whose hands it came by nobody knows; that it did not come by the scanner's own link stays readable. */
async function auditCarried(tx: Tx, { message, skewMs }: Taken): Promise<void> {
  const { key, value } = message;
  const { scannerId, scope } = key;
  const body = { scannerId, madeAtMs: value.observedAtMs - skewMs, ...placeOf(value) };
  await appendAudit(tx, { chain: auditChainOf(scope), actor: scannerId, action: "report.carried", body });
}

/** The newest report: raw, history, findings, beliefs and headline move together. */
async function storeNewest(tx: Tx, reads: ReportReads, taken: Taken): Promise<Judged> {
  const { message, now, skewMs, link } = taken;
  const { scanner } = reads;
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
  const moment = { place: placeOf(report), atMs };
  await history.applyFactChanges(tx, owner, appendToHistory(reads.openFacts, taken.facts, moment));
  const seen = { facts: report.facts, atMs, observedAgoMs: now.nowMs - atMs, skewMs };
  const releases = knownReleases(reads.releases, await readManifests(tx, reads.releases), scanner.id);
  const { beliefs, basis, compared } = compareNow(scanner, releases, seen);
  await history.changeFindings(tx, findingChanges(scanner, reads.openFindings, beliefs.findings, atMs));
  await recordReadings(tx, owner, compared, atMs);
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
    factsDigest: taken.digest,
    observedAt: new Date(atMs),
    receivedAt: new Date(now.nowMs),
    skewMs: Math.max(-INT_MAX, Math.min(INT_MAX, skewMs)),
    comparedWithId: basis.release?.releaseId ?? null,
  };
  await store.saveState(tx, scanner.id, state, beliefs.unverifiable);
  const { change, safety } = beliefs;
  const told = { facts: report.facts, safety: safety.value, toldSinceMs: change.sinceMs, atMs };
  await followChange(tx, scanner.id, reads.openChange, told);
  await auditLocal(tx, scanner, report.facts);
  return judged;
}

const INT_MAX = 2_147_483_647;

/** A report that comes after a newer one changes history and nothing else: what is believed now stays with the newest (V-06). */
async function storeLate(tx: Tx, scanner: LockedScanner, taken: Taken): Promise<void> {
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
    facts: taken.facts,
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
    case "changed":
      deps.forgetKey(scannerId);
      throw new Refused("database", "the scanner's record changed meanwhile");
    case "duplicate":
      return outcome.ack;
    case "stored": {
      const { judged, digest } = outcome;
      const { bootId } = message.value;
      // Only what is newer than everything known says "still here": a replay and a late one do not (V-07).
      if (digest !== null)
        deps.links.update(entry, (held) => ({
          ...held,
          link:
            message.carried === true
              ? held.link
              : hear(held.link, message.receivedAtMs, deps.watch.observingSinceMs()),
          stored: { digest, place: placeOf(message.value), bootId },
        }));
      if (outcome.witnessNews) deps.log.error("audit.witness-disagrees", { scannerId });
      if (judged !== null) deps.agenda.set(scannerId, judged.nextChangeMs, judged);
      deps.nudge.scanners([scannerId], scope.siteId);
      return outcome.ack;
    }
  }
}
