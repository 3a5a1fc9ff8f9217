import type { Membership } from "#core/access/membership.ts";
import { maySetField } from "#core/access/permission.ts";
import type { ScannerId, Scope, SiteId } from "#core/identity/identity.ts";
import type { Act } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import { requireScanner } from "#server/scanner/page.ts";
import { type Labels, updateLabels } from "#server/scanner-record/service.ts";
import { unlessTaken } from "#server/taken.ts";

export type RenameAsk = {
  scannerId: ScannerId;
  alias?: string | null | undefined;
  serial?: string | undefined;
  model?: string | null | undefined;
  hardwareRevision?: string | null | undefined;
  room?: string | null | undefined;
  /** In their one spelling. */
  tags?: string[] | undefined;
  reason: string;
};

const FIELDS = ["alias", "serial", "model", "hardwareRevision", "room", "tags"] as const;

/** Changes labels; a serial is a label too, and moving it takes an administrator. */
export async function renameScanner(
  act: Act,
  memberships: readonly Membership[],
  ask: RenameAsk,
): Promise<Record<string, never>> {
  const { tx } = act;
  const scanner = await requireScanner(tx, ask.scannerId);
  const { organisationId, regionId, siteId } = scanner;
  const place = { organisationId, regionId, siteId } as Scope;
  const changed = FIELDS.filter(
    (field) => ask[field] !== undefined && String(ask[field] ?? "") !== String(scanner[field] ?? ""),
  );
  if (changed.length === 0) throw new Refusal("nothing-to-change");
  if (changed.some((field) => !maySetField(memberships, "scanner.rename", field, place)))
    throw new Refusal("not-allowed");
  const to: Labels = Object.fromEntries(changed.map((field) => [field, ask[field]]));
  const from = Object.fromEntries(changed.map((field) => [field, scanner[field]]));
  await unlessTaken(updateLabels(tx, ask.scannerId, to), new Refusal("serial-taken"));
  const body = { scannerId: ask.scannerId, from, to, reason: ask.reason };
  await act.audit({ siteId: siteId as SiteId, action: "scanner.renamed", body });
  act.scannersChanged([ask.scannerId], siteId as SiteId);
  return {};
}
