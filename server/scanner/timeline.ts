import { storePathParts } from "#core/closure/store-path.ts";
import type { HeadlineWord } from "#core/headline/axes.ts";
import type { OpenFinding } from "#core/headline/situation.ts";
import type { SiteId } from "#core/identity/identity.ts";
import type { StableFact } from "#core/report/digest.ts";
import type { Reason } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { type AuditEvent, auditChainOf, readAudit, withActorNames } from "#server/audit/service.ts";
import type { Tx } from "#server/database/scoped.ts";
import { requireScanner } from "#server/scanner/page.ts";
import * as store from "#server/scanner/store.ts";
import type { Interval, PersonAct, Timeline } from "#server/scanner/view.ts";

/** Newest events of the site's log that are looked through for those about this scanner. */
const AUDIT_LOOKED_THROUGH = 500;

/** EXP-6: what was true on this scanner, as intervals that overlap the time asked for. */
export async function scannerTimeline(
  tx: Tx,
  ask: { scannerId: string; fromMs: number; toMs: number },
): Promise<Timeline> {
  const { scannerId, fromMs, toMs } = ask;
  const scanner = await requireScanner(tx, scannerId);
  const rows = await store.timelineRows(tx, scannerId, fromMs, toMs);
  const toplevels = rows.facts.flatMap(({ value }) => runningPath(value as StableFact) ?? []);
  const names = await store.releasesByToplevel(tx, [...new Set(toplevels)]);
  const chain = auditChainOf({ siteId: scanner.siteId as SiteId });
  const events = await readAudit(tx, { chain, beforeSeq: null, limit: AUDIT_LOOKED_THROUGH });
  const about = events.filter((event) => isAbout(event, ask));
  return {
    fromMs,
    toMs,
    lanes: {
      releases: merged(
        rows.facts.filter(({ kind }) => kind === "closures").map((row) => releaseLane(row, names)),
      ),
      boots: merged(rows.facts.filter(({ kind }) => kind === "host").map(bootLane)),
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
type FactRow = Row & { value: unknown };

function times({ openedAt, closedAt }: Row): Pick<Interval, "openedMs" | "closedMs"> {
  return { openedMs: openedAt.getTime(), closedMs: closedAt?.getTime() ?? null };
}

function runningPath(value: StableFact): string | null {
  if (!("observed" in value)) return null;
  const { running } = value.observed as FactValue<"closures">;
  return running?.state === "observed" ? running.value.path : null;
}

function releaseLane(row: FactRow, names: ReadonlyMap<string, string>): Interval {
  const value = row.value as StableFact;
  const toplevel = runningPath(value);
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
    bootedAtMs === null ? { code: "boot-time-unknown" } : { code: "booted", params: { bootedAtMs } };
  return { ...times(row), label, tone: null, link: null };
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

function isAbout(event: AuditEvent, ask: { scannerId: string; fromMs: number; toMs: number }): boolean {
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
