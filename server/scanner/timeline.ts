import { storePathParts } from "#core/closure/store-path.ts";
import type { HeadlineWord } from "#core/headline/axes.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import type { SiteId } from "#core/identity/identity.ts";
import type { StableFact } from "#core/report/digest.ts";
import type { Reason } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { runningIn } from "#core/report/running.ts";
import { type AuditEvent, auditChainOf, readAudit, withActorNames } from "#server/audit/service.ts";
import type { Tx } from "#server/database/scoped.ts";
import { requireScanner } from "#server/scanner/page.ts";
import * as store from "#server/scanner/store.ts";
import type { Interval, PersonAct, Timeline } from "#server/scanner/view.ts";

/** The site's log is looked through for what is about this scanner: so many events at a time, so many times at most. */
const AUDIT_PAGE = 500;
const AUDIT_PAGES = 6;

type Asked = { scannerId: string; fromMs: number; toMs: number };

/** EXP-6: what was true on this scanner, as intervals that overlap the time asked for. */
export async function scannerTimeline(tx: Tx, ask: Asked): Promise<Timeline> {
  const { scannerId, fromMs, toMs } = ask;
  const scanner = await requireScanner(tx, scannerId);
  const rows = await store.timelineRows(tx, scannerId, fromMs, toMs);
  const closures = rows.facts.filter(({ kind }) => kind === "closures");
  const toplevels = closures.flatMap(({ value }) => runningIn(value as StableFact) ?? []);
  const names = await store.releasesByToplevel(tx, [...new Set(toplevels)]);
  const about = await eventsAbout(tx, scanner.siteId as SiteId, ask);
  return {
    fromMs,
    toMs,
    lanes: {
      releases: merged(closures.map((row) => releaseLane(row, names))),
      changes: rows.facts.filter(({ kind }) => kind === "change").flatMap((row) => changeSpan(row) ?? []),
      boots: apart(merged(rows.facts.filter(({ kind }) => kind === "host").map(bootLane))),
      headlines: rows.headlines.map((row) => ({
        ...times(row),
        label: row.reason as unknown as Reason,
        tone: row.headline as HeadlineWord,
        link: null,
      })),
      findings: rows.findings.map((row) => findingLane(row, row.finding as unknown as OpenFinding)),
      people: (await withActorNames(tx, about)).map(personAct),
    },
  };
}

type Row = { openedAt: Date; closedAt: Date | null };
type FactRow = Row & { value: unknown; openedBoot: number };

function times({ openedAt, closedAt }: Row): Pick<Interval, "openedMs" | "closedMs"> {
  return { openedMs: openedAt.getTime(), closedMs: closedAt?.getTime() ?? null };
}

function releaseLane(row: FactRow, names: ReadonlyMap<string, string>): Interval {
  const value = row.value as StableFact;
  const toplevel = runningIn(value);
  if (toplevel === null) return { ...times(row), label: unknownReason(value), tone: "unknown", link: null };
  const label = names.get(toplevel) ?? storePathParts(toplevel).name;
  return { ...times(row), label, tone: null, link: { kind: "closure", toplevel } };
}

function bootLane(row: FactRow): Interval {
  const value = row.value as StableFact;
  if (!("observed" in value))
    return { ...times(row), label: unknownReason(value), tone: "unknown", link: null };
  const { bootedAtMs } = value.observed as FactValue<"host">;
  const label: Reason =
    bootedAtMs === null
      ? { code: "boot-time-unknown" }
      : { code: "booted", params: { bootedAtMs, boot: row.openedBoot } };
  return { ...times(row), label, tone: null, link: null };
}

/**
 * A scanner that starts was away for a while before it was heard again. When it went down nobody saw; that it was down when it
 * started is known, so the boot before ends there at the latest.
 */
function apart(boots: readonly Interval[]): Interval[] {
  return boots.map((one, place) => {
    const next = boots[place + 1];
    const started =
      next === undefined || typeof next.label === "string" ? undefined : next.label.params?.bootedAtMs;
    if (one.closedMs === null || next === undefined || typeof started !== "number") return one;
    return { ...one, closedMs: Math.min(one.closedMs, Math.max(one.openedMs, started)) };
  });
}

/** What the scanner said of its change, while there was one. */
function changeSpan(row: FactRow): Timeline["lanes"]["changes"][number] | null {
  const value = row.value as StableFact;
  if (!("observed" in value)) return null;
  const { state } = value.observed as FactValue<"change">;
  return state === "none" ? null : { ...times(row), state };
}

function unknownReason(value: StableFact): Reason {
  return "unknown" in value ? value.unknown : { code: "not-reported" };
}

function findingLane(row: Row, finding: OpenFinding): Interval {
  const { itemId } = finding;
  return { ...times(row), label: itemId, tone: finding.class, link: { kind: "item", itemId } };
}

/** Facts are cut where any part of them changed; a lane shows one part, so neighbours that say the same are one. */
function merged(intervals: readonly Interval[]): Interval[] {
  const lane: Interval[] = [];
  for (const interval of intervals) {
    const last = lane.at(-1);
    const goesOn = last?.closedMs === interval.openedMs && saysTheSame(last, interval);
    if (last !== undefined && goesOn) lane[lane.length - 1] = { ...last, closedMs: interval.closedMs };
    else lane.push(interval);
  }
  return lane;
}

function saysTheSame(a: Interval, b: Interval): boolean {
  return JSON.stringify([a.label, a.link]) === JSON.stringify([b.label, b.link]);
}

async function eventsAbout(tx: Tx, siteId: SiteId, ask: Asked): Promise<AuditEvent[]> {
  const chain = auditChainOf({ siteId });
  const about: AuditEvent[] = [];
  let beforeSeq: number | null = null;
  for (let page = 0; page < AUDIT_PAGES; page += 1) {
    const events: AuditEvent[] = await readAudit(tx, { chain, beforeSeq, limit: AUDIT_PAGE });
    about.push(...events.filter((event) => isAbout(event, ask)));
    const oldest = events.at(-1);
    if (oldest === undefined || events.length < AUDIT_PAGE || oldest.atMs < ask.fromMs) break;
    beforeSeq = oldest.seq;
  }
  return about;
}

function isAbout(event: AuditEvent, ask: Asked): boolean {
  return event.body.scannerId === ask.scannerId && event.atMs >= ask.fromMs && event.atMs <= ask.toMs;
}

/** What was done, with the reason a person gave for it. */
function personAct(event: AuditEvent & Pick<PersonAct, "actorName">): PersonAct {
  const { atMs, actor, actorName, action, body } = event;
  const { reason } = body;
  const text =
    typeof reason === "string" ? [{ code: "stated", params: { reason: reason.slice(0, 300) } }] : [];
  return { atMs, actor, actorName, action, text };
}
