import type { Membership } from "#core/access/membership.ts";
import { may } from "#core/access/permission.ts";
import type { ChangeState } from "#core/headline/axes.ts";
import type { ReleaseId, ScannerId, Scope, SiteId } from "#core/identity/identity.ts";
import type { Reason } from "#core/report/fact.ts";
import type { InstructionAction } from "#core/trust/instruction.ts";
import type { Tx } from "#server/database/scoped.ts";
import { releasedSystems } from "#server/release/service.ts";
import { isCancellable } from "./cancel.ts";
import * as store from "./store.ts";
import type { ChangeRow } from "./view.ts";

/** Changes as the pages read them, in the order given. */
export async function changeRows(
  tx: Tx,
  records: readonly store.ChangeRecord[],
  memberships: readonly Membership[],
): Promise<ChangeRow[]> {
  const labels = await store.scannerLabels(tx, [...new Set(records.map(({ scannerId }) => scannerId))]);
  const byId = new Map(labels.map((one) => [one.id, one]));
  const names = await store.actorNames(tx, [...new Set(records.map(({ requestedBy }) => requestedBy))]);
  const from = await releasedSystems(
    tx,
    records.flatMap(({ fromToplevel }) => fromToplevel ?? []),
  );
  return records.flatMap((record) => {
    const label = byId.get(record.scannerId);
    if (label === undefined) return [];
    const releaseName = from.get(record.fromToplevel ?? "")?.name ?? null;
    return [
      rowOf(record, { label, requestedBy: names.get(record.requestedBy) ?? null, releaseName, memberships }),
    ];
  });
}

type Beside = {
  label: Awaited<ReturnType<typeof store.scannerLabels>>[number];
  requestedBy: string | null;
  releaseName: string | null;
  memberships: readonly Membership[];
};

function rowOf(record: store.ChangeRecord, beside: Beside): ChangeRow {
  const { label, requestedBy, releaseName, memberships } = beside;
  const { organisationId, regionId, siteId } = label;
  const place = { organisationId, regionId, siteId } as Scope;
  return {
    changeId: record.id,
    scannerId: record.scannerId as ScannerId,
    serial: label.serial,
    alias: label.alias,
    siteId: siteId as SiteId,
    siteName: label.site.name,
    timeZone: label.site.timeZone,
    action: record.action as InstructionAction,
    release: { releaseId: record.releaseId as ReleaseId, name: record.releaseName },
    system: record.system,
    toplevel: record.toplevel,
    from: record.fromToplevel === null ? null : { toplevel: record.fromToplevel, releaseName },
    state: record.state as ChangeState,
    stateSinceMs: record.stateSince.getTime(),
    stateReason: codeOrNull(record.stateReason),
    percent: record.percent,
    energised: record.energised,
    instruction: instructionOf(record),
    signerProblem: codeOrNull(record.instructProblem),
    requestedAtMs: record.requestedAt.getTime(),
    requestedBy,
    why: record.reason,
    notBeforeMs: record.notBefore.getTime(),
    notAfterMs: record.notAfter.getTime(),
    endedAtMs: record.endedAt?.getTime() ?? null,
    lastHeardMs: lastHeardMs(label),
    mayCancel: isCancellable(record) && may(memberships, "change.cancel", place),
  };
}

function lastHeardMs({ link, state }: Beside["label"]): number | null {
  const at = [link?.lastSeenAt, state?.receivedAt].flatMap((one) => one?.getTime() ?? []);
  return at.length === 0 ? null : Math.max(...at);
}

export function codeOrNull(code: string | null): Reason | null {
  return code === null ? null : { code };
}

function instructionOf(record: store.ChangeRecord): ChangeRow["instruction"] {
  if (record.withdrawnAt !== null) return "withdrawn";
  if (record.instructProblem !== null) return "refused";
  return record.seq === null ? "unsigned" : "signed";
}
