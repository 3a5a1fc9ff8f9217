import type { Headline } from "#core/headline/axes.ts";
import type { OpenFinding, Since } from "#core/headline/situation.ts";
import type { ReleaseId } from "#core/identity/identity.ts";
import { manifestSchema } from "#core/manifest/item.ts";
import type { KnownRelease } from "#core/manifest/released.ts";
import type { Reason } from "#core/report/fact.ts";
import { type LinkState, SILENT_LINK } from "#server/report/link-state.ts";
import type { Beliefs, Standing } from "#server/report/situation.ts";
import type { LinkRow, LockedScanner, ReleaseRow, StateData, StateRow } from "#server/report/store.ts";

/** Between rows and what they mean. Rows were written by this code from parsed values, so words are trusted on the way back. */

/** Shape of the column `axisReasons`: why each axis stands where it does, and what the axes were judged against. */
type AxisReasons = Beliefs["reasons"] & Pick<Beliefs, "manifest" | "manifestHasSafety" | "changesEnabled">;

/** Facts are not needed for what they were concluded to mean. */
export type BelievedRow = Omit<StateRow, "facts" | "opaque">;

export function beliefsOf(row: BelievedRow): Beliefs {
  const { manifest, manifestHasSafety, changesEnabled, ...reasons } =
    row.axisReasons as unknown as AxisReasons;
  return {
    safety: since(row.safety, row.safetySince),
    function: since(row.function, row.functionSince),
    software: since(row.software, row.softwareSince),
    currency: since(row.currency, row.currencySince),
    reasons,
    manifest,
    manifestHasSafety,
    changesEnabled,
    findings: row.findings as unknown as OpenFinding[],
    unverifiable:
      row.unverifiable === null || row.unverifiableSince === null
        ? null
        : { value: row.unverifiable as unknown as Reason, sinceMs: row.unverifiableSince.getTime() },
  };
}

function since<T extends string>(word: string, at: Date): Since<T> {
  return { value: word as T, sinceMs: at.getTime() };
}

type BeliefColumns = Pick<
  StateData,
  | "safety"
  | "safetySince"
  | "function"
  | "functionSince"
  | "software"
  | "softwareSince"
  | "currency"
  | "currencySince"
  | "axisReasons"
  | "findings"
>;

export function beliefColumns(beliefs: Beliefs): BeliefColumns {
  const { manifest, manifestHasSafety, changesEnabled } = beliefs;
  return {
    safety: beliefs.safety.value,
    safetySince: new Date(beliefs.safety.sinceMs),
    function: beliefs.function.value,
    functionSince: new Date(beliefs.function.sinceMs),
    software: beliefs.software.value,
    softwareSince: new Date(beliefs.software.sinceMs),
    currency: beliefs.currency.value,
    currencySince: new Date(beliefs.currency.sinceMs),
    axisReasons: { ...beliefs.reasons, manifest, manifestHasSafety, changesEnabled } as object,
    findings: beliefs.findings as unknown as object[],
  };
}

export function headlineOfRow(row: BelievedRow): Headline {
  return {
    word: row.headline as Headline["word"],
    variant: row.headlineVariant as Headline["variant"],
    reason: row.headlineReason as unknown as Reason,
    chips: row.headlineChips as unknown as Reason[],
  };
}

export function headlineColumns(headline: Headline) {
  return {
    headline: headline.word,
    headlineVariant: headline.variant,
    headlineReason: headline.reason as object,
    headlineChips: headline.chips as object[],
  };
}

export function standingOf(scanner: Pick<LockedScanner, "identity" | "service" | "createdAt">): Standing {
  return {
    identity: scanner.identity as Standing["identity"],
    service: scanner.service as Standing["service"],
    createdAtMs: scanner.createdAt.getTime(),
  };
}

/**
 * The link as the rows tell it. The hot row is written with the next batch, the newest report at once: the later of the two is when
 * the scanner was last heard.
 */
export function linkStateOf(row: LinkRow | null, state: Pick<StateRow, "receivedAt"> | null): LinkState {
  const heard = [row?.lastSeenAt, state?.receivedAt].flatMap((at) => at?.getTime() ?? []);
  const lastSeenMs = heard.length === 0 ? null : Math.max(...heard);
  if (row === null) return { ...SILENT_LINK, lastSeenMs };
  return {
    lastSeenMs,
    messagesSinceOffline: row.messagesSinceOffline,
    reconnects: row.reconnects,
    reconnectsSinceMs: row.reconnectsSince?.getTime() ?? null,
    skewMs: row.skewMs,
    bootId: row.bootId,
  };
}

/** Null: the stored manifest is not one this program understands, so it describes nothing. */
export function knownRelease(row: ReleaseRow, scannerId: string): KnownRelease | null {
  const manifest = manifestSchema.safeParse(row.manifest);
  if (!manifest.success) return null;
  return {
    releaseId: row.id as ReleaseId,
    toplevel: row.toplevel,
    counter: null,
    origin: row.origin === "signed" ? "signed" : "observed",
    own: row.observedOnId === scannerId,
    createdAtMs: row.createdAt.getTime(),
    manifest: manifest.data,
  };
}
