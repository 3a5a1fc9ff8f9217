import * as z from "zod";
import type { Membership } from "#core/access/membership.ts";
import { mayAnywhere, PROCEDURES, type ProcedureName } from "#core/access/permission.ts";
import { chosenColumns } from "#core/fleet/columns.ts";
import { LOCALES, type Locale } from "#core/message/text.ts";
import type { Act, Tx } from "#server/act.ts";
import type { Visitor } from "#server/trpc.ts";
import {
  deleteSessionsOf,
  membershipOf,
  organisationName,
  type PreferenceRow,
  placeNames,
  preferenceRow,
  savePreferences,
} from "./store.ts";
import type { Me, MembershipView, Preferences } from "./view.ts";

const DEFAULTS: Preferences = {
  ...{ locale: "en", theme: "system", times: "site", timeZone: "UTC" },
  ...{ shortcuts: true, fleetColumns: null, density: "compact" },
};

type Patch = { [K in keyof Preferences]?: Preferences[K] | undefined };

export async function me(tx: Tx, visitor: Visitor | null, memberships: readonly Membership[]): Promise<Me> {
  if (visitor === null) return null;
  return {
    userId: visitor.userId,
    name: visitor.name,
    email: visitor.email,
    twoFactorEnabled: visitor.twoFactorEnabled,
    memberships: await namedMemberships(tx, memberships),
    may: Object.fromEntries(PROCEDURES.map((name) => [name, mayAnywhere(memberships, name)])) as Record<
      ProcedureName,
      boolean
    >,
    preferences: await preferencesOf(tx, visitor.userId),
    organisationName: await organisationName(tx),
  };
}

export async function namedMemberships(
  tx: Tx,
  memberships: readonly Membership[],
): Promise<MembershipView[]> {
  const names = await placeNames(tx, memberships);
  return memberships.map(({ role, scope }) => {
    const id = idOf(scope);
    return { role, scope: { kind: scope.kind, id, name: names.get(id) ?? id } };
  });
}

function idOf(scope: Membership["scope"]): string {
  if (scope.kind === "site") return scope.siteId;
  return scope.kind === "region" ? scope.regionId : scope.organisationId;
}

async function preferencesOf(tx: Tx, userId: string): Promise<Preferences> {
  const row = await preferenceRow(tx, userId);
  return row === null ? DEFAULTS : readPreferences(row);
}

/** The language in which a person reads. */
export async function localeOf(tx: Tx, userId: string): Promise<Locale> {
  return (await preferencesOf(tx, userId)).locale;
}

/** A word that this build does not know falls back to the default. */
function readPreferences(row: PreferenceRow): Preferences {
  const columns = z.array(z.string()).nullable().safeParse(row.fleetColumns);
  return {
    locale: LOCALES.find((locale) => locale === row.locale) ?? DEFAULTS.locale,
    theme: row.theme === "light" || row.theme === "dark" ? row.theme : "system",
    times: row.times === "viewer" || row.times === "utc" ? row.times : "site",
    timeZone: row.timeZone,
    shortcuts: row.shortcuts,
    fleetColumns: columns.data == null ? null : chosenColumns(columns.data),
    density: row.density === "comfortable" ? "comfortable" : "compact",
  };
}

export async function setPreferences(act: Act, userId: string, patch: Patch): Promise<Preferences> {
  const before = await preferencesOf(act.tx, userId);
  const chosen = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  const after: Preferences = { ...before, ...chosen };
  await savePreferences(act.tx, userId, after);
  await act.audit({ siteId: null, action: "session.preferences-set", body: chosen });
  return after;
}

/** Null: a row this build cannot read, which grants nothing. */
export const membershipFrom = membershipOf;

export const endSessionsOf = deleteSessionsOf;

export const organisationNameOf = organisationName;
