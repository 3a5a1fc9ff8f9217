import { headlineOf } from "#core/headline/headline.ts";
import { linkOf } from "#core/headline/link.ts";
import { serviceAt } from "#core/headline/service.ts";
import type { Situation } from "#core/headline/situation.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import { type Beliefs, type Now, noBeliefs, situationOf } from "#server/report/situation.ts";
import { beliefsOf, linkStateOf, standingOf } from "#server/report/stored-beliefs.ts";
import type { ShownScanner } from "#server/scanner/shown-store.ts";
import type { ReleaseName } from "#server/scanner/store.ts";
import type { FleetRow } from "#server/scanner/view.ts";

/** A scanner as it is judged at this moment, by the same function that judged it when it reported (EXP-4). */
export type Seen = { row: FleetRow; situation: Situation; beliefs: Beliefs };

/** A cell names a few; the scanner's page has all of them. */
const OPEN_ITEMS = 4;

/** What its row says of it; who compared it with what is in `names`. */
type Judged = Omit<ShownScanner, "compared">;

/** @param scanner its `state` may or may not carry facts */
export function seeScanner(scanner: Judged, names: ReadonlyMap<string, ReleaseName>, now: Now): Seen {
  const { state } = scanner;
  const standing = standingOf(scanner);
  const beliefs = state === null ? null : beliefsOf(state);
  const situation = situationOf(standing, beliefs, linkStateOf(scanner.link, state), now);
  const headline = headlineOf(situation);
  const stored = state?.headline === headline.word && state.headlineVariant === headline.variant;
  const compared = state?.comparedWithId == null ? undefined : names.get(state.comparedWithId);
  const toplevel = state?.runningToplevel ?? null;
  const [first] = situation.findings;
  const row: FleetRow = {
    ...labelsOf(scanner),
    service: serviceAt(situation, now.nowMs),
    headline,
    headlineSinceMs: headlineSinceMs(scanner, stored, now.nowMs),
    axes: {
      link: linkOf(situation),
      safety: situation.safety.value,
      function: situation.function.value,
      software: situation.software.value,
      currency: situation.currency.value,
      change: situation.change.value,
    },
    running: {
      toplevel,
      releaseName: compared !== undefined && compared.toplevel === toplevel ? compared.name : null,
    },
    pinned: scanner.pinnedRelease === null ? null : { releaseName: scanner.pinnedRelease.name },
    firstFinding:
      first === undefined ? null : { itemId: first.itemId, actual: first.actual, expected: first.expected },
    moreFindings: Math.max(0, situation.findings.length - 1),
    openItems: situation.findings.slice(0, OPEN_ITEMS).map(({ itemId }) => itemId),
    lastSeenMs: situation.lastSeenMs,
    asOfMs: state?.observedAt.getTime() ?? null,
  };
  return { row, situation, beliefs: beliefs ?? noBeliefs(standing.createdAtMs) };
}

function headlineSinceMs(scanner: Judged, stored: boolean, nowMs: number): number {
  if (scanner.state === null) return scanner.createdAt.getTime();
  return stored ? scanner.state.headlineSince.getTime() : nowMs;
}

function labelsOf(scanner: Judged) {
  return {
    scannerId: scanner.id as ScannerId,
    serial: scanner.serial,
    alias: scanner.alias,
    model: scanner.model,
    siteId: scanner.siteId as SiteId,
    siteName: scanner.site.name,
    regionName: scanner.site.region.name,
    timeZone: scanner.site.timeZone,
    room: scanner.room,
    tags: scanner.tags,
    hardwareRevision: scanner.hardwareRevision,
    origin: scanner.origin,
    identity: scanner.identity as FleetRow["identity"],
  };
}
