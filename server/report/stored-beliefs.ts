import type { ChangeState, Headline } from "#core/headline/axes.ts";
import { type BelievedChange, noChange, unseenChange } from "#core/headline/change-axis.ts";
import type { OpenFinding, Since } from "#core/headline/situation.ts";
import type { Reason } from "#core/report/fact.ts";
import { type LinkState, SILENT_LINK } from "#core/report/link-state.ts";
import type { LinkRow, LockedScanner, StateRow } from "#server/report/scanner-rows-store.ts";
import type { Beliefs, Standing } from "#server/report/situation.ts";
import type { StateData } from "#server/report/store.ts";

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
    change: changeOfRow(row, changesEnabled),
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

/** Shape of the column `changeDetail`. */
type ChangeDetail = Omit<BelievedChange, "value" | "sinceMs">;

/** A row from before the column was filled: nobody ever said that there is no change, unless the agent said it makes none. */
function changeOfRow(row: BelievedRow, changesEnabled: boolean): BelievedChange {
  const { change, changeSince, changeDetail } = row;
  if (changeSince === null || changeDetail === null) {
    const sinceMs = row.receivedAt.getTime();
    return changesEnabled ? unseenChange({ code: "not-reported" }, sinceMs) : noChange(sinceMs);
  }
  return { ...(changeDetail as unknown as ChangeDetail), ...since(change as ChangeState, changeSince) };
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
  | "change"
  | "changeSince"
  | "changeDetail"
  | "axisReasons"
  | "findings"
>;

export function beliefColumns(beliefs: Beliefs): BeliefColumns {
  const { manifest, manifestHasSafety, changesEnabled } = beliefs;
  const { value: change, sinceMs: changeSinceMs, ...changeDetail } = beliefs.change;
  return {
    safety: beliefs.safety.value,
    safetySince: new Date(beliefs.safety.sinceMs),
    function: beliefs.function.value,
    functionSince: new Date(beliefs.function.sinceMs),
    software: beliefs.software.value,
    softwareSince: new Date(beliefs.software.sinceMs),
    currency: beliefs.currency.value,
    currencySince: new Date(beliefs.currency.sinceMs),
    change,
    changeSince: new Date(changeSinceMs),
    changeDetail: changeDetail as object,
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

export function standingOf(
  scanner: Pick<LockedScanner, "identity" | "service" | "serviceUntil" | "createdAt">,
): Standing {
  return {
    identity: scanner.identity as Standing["identity"],
    service: scanner.service as Standing["service"],
    serviceUntilMs: scanner.serviceUntil?.getTime() ?? null,
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
