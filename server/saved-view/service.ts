import type { Membership } from "#core/access/membership.ts";
import type { Act, Tx } from "#server/act.ts";
import { Refusal } from "#server/refusal.ts";
import { theOrganisation } from "#server/region/service.ts";
import { unlessTaken } from "#server/taken.ts";
import * as store from "./store.ts";
import type { SavedView } from "./view.ts";

/** Whoever is asking: a view belongs to a person, not to a place. */
export type Reader = { userId: string; memberships: readonly Membership[] };

type Content = { name: string; purpose: string; query: string; shared: boolean };
type Patch = { [K in keyof Content]?: Content[K] | undefined };

/** A hospital's contact sees its own sites and nothing of how the organisation talks about others (ADM-6). */
function belongs({ memberships }: Reader): boolean {
  return memberships.some(({ role }) => role !== "site-contact");
}

function keepsOrder({ memberships }: Reader): boolean {
  return memberships.some(({ role, scope }) => role === "admin" && scope.kind === "organisation");
}

function mayChange(reader: Reader, view: Pick<store.SavedViewRow, "ownerId" | "shared">): boolean {
  return view.ownerId === reader.userId || (view.shared && keepsOrder(reader));
}

export async function listViews(tx: Tx, reader: Reader): Promise<SavedView[]> {
  const rows = await store.viewsFor(tx, reader.userId, belongs(reader));
  const names = await store.ownerNames(tx, [...new Set(rows.map(({ ownerId }) => ownerId))]);
  return rows.map((row) => ({
    viewId: row.id,
    name: row.name,
    purpose: row.purpose,
    query: row.query,
    shared: row.shared,
    ownerName: names.get(row.ownerId) ?? null,
    own: row.ownerId === reader.userId,
    mayChange: mayChange(reader, row),
  }));
}

/** More than anybody reads, and few enough that nobody fills the table. */
const MAX_VIEWS = 200;

export async function createView(act: Act, reader: Reader, content: Content): Promise<{ viewId: string }> {
  if (content.shared && !belongs(reader)) throw new Refusal("view-not-shared-by-you");
  if ((await store.countOf(act.tx, reader.userId)) >= MAX_VIEWS)
    throw new Refusal("too-many-views", { max: MAX_VIEWS });
  const organisationId = await theOrganisation(act.tx);
  const made = store.createView(act.tx, { organisationId, ownerId: reader.userId }, content);
  const viewId = await unlessTaken(made, new Refusal("view-name-taken"));
  await act.audit({ siteId: null, action: "saved-view.created", body: { viewId, ...content } });
  return { viewId };
}

export async function updateView(
  act: Act,
  reader: Reader,
  viewId: string,
  patch: Patch,
): Promise<Record<string, never>> {
  const view = await changeable(act.tx, reader, viewId);
  const changed = (["name", "purpose", "query", "shared"] as const).filter(
    (field) => patch[field] !== undefined && patch[field] !== view[field],
  );
  if (changed.length === 0) throw new Refusal("nothing-to-change");
  if (patch.shared === true && !belongs(reader)) throw new Refusal("view-not-shared-by-you");
  const to = Object.fromEntries(changed.map((field) => [field, patch[field]]));
  const from = Object.fromEntries(changed.map((field) => [field, view[field]]));
  await unlessTaken(store.updateView(act.tx, viewId, to), new Refusal("view-name-taken"));
  await act.audit({ siteId: null, action: "saved-view.updated", body: { viewId, from, to } });
  return {};
}

export async function deleteView(act: Act, reader: Reader, viewId: string): Promise<Record<string, never>> {
  const { name, query, shared } = await changeable(act.tx, reader, viewId);
  await store.deleteView(act.tx, viewId);
  await act.audit({ siteId: null, action: "saved-view.deleted", body: { viewId, name, query, shared } });
  return {};
}

/** Missing, private to somebody else and not yours to change answer alike. */
async function changeable(tx: Tx, reader: Reader, viewId: string): Promise<store.SavedViewRow> {
  const view = await store.viewById(tx, viewId);
  if (view === null || !mayChange(reader, view)) throw new Refusal("view-not-yours");
  return view;
}
