import type { Membership } from "#core/access/membership.ts";
import { may } from "#core/access/permission.ts";
import type { ScannerId, Scope, SiteId } from "#core/identity/identity.ts";
import { LABEL_COLUMNS, type LabelledScanner, type LabelPlan, planLabels } from "#core/sheet/label-plan.ts";
import { type SheetLine, tableOf } from "#core/sheet/table.ts";
import type { Act, Tx } from "#server/act.ts";
import { moveScannerRows, scopeOf } from "#server/place/service.ts";
import { type Agreed, previewOf, requireAgreed, wrongLines } from "./preview.ts";
import * as store from "./store.ts";
import { readSheet, writeSheet } from "./text.ts";
import type { SheetImported, SheetPreview, SheetText } from "./view.ts";

type Reader = { memberships: readonly Membership[] };

export async function exportLabels({ tx, audit }: Act): Promise<SheetText> {
  const rows = (await store.allScanners(tx)).map((row) => [
    row.serial,
    row.alias,
    row.model,
    row.hardwareRevision,
    row.site.name,
    row.room,
    row.tags.join(" "),
  ]);
  await audit({ siteId: null, action: "sheet.labels-exported", body: { rows: rows.length } });
  return { fileName: "scanner-labels.csv", text: writeSheet(LABEL_COLUMNS, rows) };
}

export async function previewLabels(tx: Tx, { memberships }: Reader, text: string): Promise<SheetPreview> {
  const sheet = readSheet(text);
  const { plan } = await planOf(tx, memberships, sheet);
  return previewOf(plan);
}

type Read = ReturnType<typeof readSheet>;
type Planned = {
  plan: LabelPlan;
  scanners: Map<string, store.Labelled>;
  sites: Map<string, store.SheetSite>;
};

async function planOf(tx: Tx, memberships: readonly Membership[], sheet: Read): Promise<Planned> {
  const rows = await store.scannersBySerial(tx, cellsIn(sheet.lines, "serial"));
  const sites = new Map((await store.sites(tx)).map((site) => [site.name, site]));
  const mayMove = (place: Scope) => may(memberships, "scanner.move", place);
  const scanners = new Map(rows.map((row) => [row.serial, row]));
  const plan = planLabels(sheet.lines, {
    scanners: new Map(
      rows.map((row) => [row.serial, labelled(row, mayMove(scopeOf({ ...row, id: row.siteId })))]),
    ),
    sites: new Map(
      [...sites]
        .filter(([, site]) => mayMove(scopeOf(site)))
        .map(([name, site]) => [name, { closed: site.retiredAt !== null }]),
    ),
  });
  // What could not be read has no head either; saying that as well would help nobody.
  return { plan: sheet.problems.length > 0 ? { ...plan, problems: sheet.problems } : plan, scanners, sites };
}

function cellsIn(lines: readonly SheetLine[], column: "serial" | "site"): string[] {
  return tableOf(lines, LABEL_COLUMNS, ["serial"]).rows.flatMap(({ cells }) => cells[column] ?? []);
}

function labelled(row: store.Labelled, movable: boolean): LabelledScanner {
  const { serial, alias, model, hardwareRevision: revision, room, tags, identity } = row;
  return {
    serial,
    alias,
    model,
    revision,
    room,
    tags,
    site: row.site.name,
    retired: identity === "retired",
    movable,
  };
}

/** One row of the log for the sheet, and one for each scanner it changed; one that moves is told in both sites' logs. */
export async function importLabels(
  act: Act,
  { memberships }: Reader,
  ask: Agreed & { text: string; reason: string },
): Promise<SheetImported> {
  const { tx } = act;
  const sheet = readSheet(ask.text);
  await store.lockBySerial(tx, cellsIn(sheet.lines, "serial"));
  await store.keepSitesOpen(tx, [...new Set(cellsIn(sheet.lines, "site"))]);
  const planned = await planOf(tx, memberships, sheet);
  const { plan } = planned;
  requireAgreed(plan, ask);
  await store.writeLabels(
    tx,
    plan.changes.flatMap((change) => labelRow(change, planned)),
  );
  await moveAll(tx, planned);
  const counts = { changed: plan.changes.length, unchanged: plan.unchanged, leftOut: wrongLines(plan) };
  await act.auditEach([
    { siteId: null, action: "sheet.labels-imported", body: { ...counts, reason: ask.reason } },
    ...plan.changes.flatMap((change) => auditRows(change, planned, ask.reason)),
  ]);
  tell(act, planned);
  return counts;
}

type Change = LabelPlan["changes"][number];

function labelRow({ about, to }: Change, { scanners }: Planned): store.LabelRow[] {
  const row = scanners.get(about);
  if (row === undefined) return [];
  const { id, alias, model, hardwareRevision: revision, room, tags } = row;
  const { site: _moved, ...labels } = to;
  return [{ id, alias, model, revision, room, tags, ...labels }];
}

async function moveAll(tx: Tx, { plan, scanners, sites }: Planned): Promise<void> {
  const bySite = new Map<string, ScannerId[]>();
  for (const { about, to } of plan.changes) {
    const scanner = scanners.get(about);
    if (to.site === undefined || scanner === undefined) continue;
    bySite.set(to.site, [...(bySite.get(to.site) ?? []), scanner.id as ScannerId]);
  }
  for (const [name, ids] of bySite) {
    const site = sites.get(name);
    if (site !== undefined) await moveScannerRows(tx, ids, scopeOf(site));
  }
}

function auditRows({ about, fields, to }: Change, { scanners, sites }: Planned, reason: string) {
  const scanner = scanners.get(about);
  if (scanner === undefined) return [];
  const from = Object.fromEntries(fields.map((one) => [one.field, one.from]));
  const changed = Object.fromEntries(fields.map((one) => [one.field, one.to]));
  const body = { scannerId: scanner.id, serial: about, from, to: changed, reason };
  const moved = to.site === undefined ? undefined : sites.get(to.site);
  const logs = moved === undefined ? [scanner.siteId] : [scanner.siteId, moved.id];
  return logs.map((siteId) => ({ siteId: siteId as SiteId, action: "scanner.labels-imported", body }));
}

function tell(act: Act, { plan, scanners, sites }: Planned): void {
  const bySite = new Map<string, ScannerId[]>();
  for (const { about, to } of plan.changes) {
    const scanner = scanners.get(about);
    if (scanner === undefined) continue;
    const moved = to.site === undefined ? undefined : sites.get(to.site);
    for (const siteId of moved === undefined ? [scanner.siteId] : [scanner.siteId, moved.id])
      bySite.set(siteId, [...(bySite.get(siteId) ?? []), scanner.id as ScannerId]);
  }
  for (const [siteId, ids] of bySite) act.scannersChanged(ids, siteId as SiteId);
  if (plan.changes.some(({ to }) => to.site !== undefined)) act.listChanged("site", null);
}
