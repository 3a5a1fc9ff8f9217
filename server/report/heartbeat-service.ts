import { type Conflict, judgeBeat } from "#core/identity/judge.ts";
import type { Acknowledgement } from "#core/protocol/acknowledgement.ts";
import type { Heartbeat } from "#core/protocol/heartbeat.ts";
import { absenceOf, hear, skewProblem } from "#core/report/link-state.ts";
import { isUnanswered, unreadProblem } from "#core/report/unread.ts";
import { Refused } from "#server/agent-api/checks.ts";
import type { Verified } from "#server/agent-api/messages.ts";
import { plainAck } from "#server/report/acknowledge.ts";
import type { LinkEntry } from "#server/report/link-book.ts";
import { lockOut } from "#server/report/lock-out.ts";
import { lockScanner } from "#server/report/reads-store.ts";
import type { ReportDeps } from "#server/report/report-deps.ts";

type Message = Verified<Heartbeat>;

/** While the database does not take what was heard, the scanner hears so; what it said is kept in memory until it does. */
const PATIENCE_MS = 5_000;

/**
 * "Still here, and nothing changed": judged and answered from memory, written with the next batch. An acknowledged heartbeat was
 * seen, no more; reports are what must not be lost.
 */
export async function ingestHeartbeat(deps: ReportDeps, message: Message): Promise<Acknowledgement> {
  const { key, value } = message;
  const held = await deps.links.entry(key);
  const verdict = judge(held, value);
  if (verdict.kind === "conflict") return await conflicted(deps, message, verdict);
  if (verdict.kind === "replayed") throw new Refused("order", "a heartbeat that is not newer than the last");
  const nowMs = message.receivedAtMs;
  deps.links.update(held, (entry) => heard(entry, value, nowMs, deps.watch.observingSinceMs()));
  if (turned(held, value, nowMs, deps.watch.observingSinceMs())) deps.agenda.soon(key.scannerId);
  const failing = deps.links.failingSinceMs();
  if (failing !== null && nowMs - failing > PATIENCE_MS) throw new Refused("database");
  const ack = plainAck(nowMs, deps.directorVersion(key.scannerId));
  return { ...ack, needFull: await needsFull(deps, message) };
}

function judge(entry: LinkEntry, value: Heartbeat): ReturnType<typeof judgeBeat> {
  const { bootCounter, startCounter, beat, bootId } = entry.heartbeat;
  const byBeat = judgeBeat(bootId === null ? null : { bootCounter, startCounter, beat, bootId }, value);
  if (byBeat.kind !== "newer" || entry.stored === null) return byBeat;
  // Heartbeats never wait in an outbox, so one from before the boot of the newest report is no news either.
  const { place, bootId: storedBoot } = entry.stored;
  return judgeBeat({ bootCounter: place.bootCounter, startCounter: 0, beat: 0, bootId: storedBoot }, value);
}

function heard(entry: LinkEntry, value: Heartbeat, nowMs: number, observingSinceMs: number): LinkEntry {
  const { bootCounter, startCounter, beat, bootId } = value;
  const link = hear(entry.link, nowMs, observingSinceMs);
  return {
    ...entry,
    link: { ...link, skewMs: value.sentAtMs - nowMs, bootId },
    heartbeat: { bootCounter, startCounter, beat, bootId },
    claimedDigest: value.factsDigest,
    outbox: value.outbox,
  };
}

/** Did this beat change something that the headline depends on? Then it is looked at with the next tick, not when its time is up. */
function turned(before: LinkEntry, value: Heartbeat, nowMs: number, observingSinceMs: number): boolean {
  const after = heard(before, value, nowMs, observingSinceMs);
  const wasSkewed = skewProblem(before.link.skewMs) !== null;
  return (
    absenceOf(before.link) !== absenceOf(after.link) ||
    absenceOf(after.link) !== "none" ||
    wasSkewed !== (skewProblem(after.link.skewMs) !== null) ||
    before.link.bootId !== value.bootId
  );
}

/**
 * Asks for a full report when the scanner's facts are not the ones stored and none is on its way. A scanner newer than this server
 * counts kinds that the server cannot, so a digest that a full report did not settle is not asked for again.
 */
async function needsFull(deps: ReportDeps, message: Message): Promise<boolean> {
  const { key, value } = message;
  if (value.outbox > 0) return false;
  const held = await deps.links.entry(key);
  if (agrees(held, value)) {
    // Its facts went back to those stored, and nothing is missing any more.
    if (held.asked !== null && isUnanswered(held)) {
      deps.links.update(held, (entry) => ({ ...entry, asked: null }));
      deps.agenda.soon(key.scannerId);
    }
    return false;
  }
  const fresh = await deps.links.reload(key);
  if (agrees(fresh, value)) return false;
  const nowMs = message.receivedAtMs;
  const sinceMs = isUnanswered(fresh) ? (fresh.asked?.sinceMs ?? nowMs) : nowMs;
  const asked = { digest: value.factsDigest, stored: fresh.stored, sinceMs };
  deps.links.update(fresh, (entry) => ({ ...entry, asked }));
  if (unreadProblem({ asked, stored: fresh.stored }, nowMs) !== null) deps.agenda.soon(key.scannerId);
  return true;
}

function agrees(entry: LinkEntry, value: Heartbeat): boolean {
  if (entry.stored === null) return false;
  if (entry.stored.digest === value.factsDigest) return true;
  const { asked } = entry;
  return (
    asked !== null && asked.digest === value.factsDigest && asked.stored?.place.seq !== entry.stored.place.seq
  );
}

async function conflicted(deps: ReportDeps, message: Message, conflict: Conflict): Promise<never> {
  const { key, receivedAtMs: nowMs } = message;
  const now = { nowMs, observingSinceMs: deps.watch.observingSinceMs() };
  const { link } = await deps.links.entry(key);
  await deps.withScope({ siteIds: [key.scope.siteId] }, async (tx) => {
    const scanner = await lockScanner(tx, key.scannerId);
    if (scanner?.identity === "approved") await lockOut(tx, scanner, conflict, { link, now });
  });
  deps.forgetKey(key.scannerId);
  deps.nudge.scanners([key.scannerId], key.scope.siteId);
  deps.nudge.list("enrolment", key.scope.siteId);
  deps.log.warn("scanner.locked-out", { scannerId: key.scannerId, code: conflict.code });
  throw new Refused("identity-locked", conflict.code);
}
