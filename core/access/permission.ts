import { covers, type Membership, type Place } from "#core/access/membership.ts";
import { type Actor, ROLES, type Role } from "#core/access/role.ts";
import type { OrganisationId, RegionId, SiteId } from "#core/identity/identity.ts";

/**
 * The permission table: every procedure, every actor (ADM-1). `scope`: allowed on objects inside the scopes where the person
 * holds that role; `self`: allowed to everybody signed in, about themselves; `public`: allowed without signing in; `no`: refused.
 * A procedure without a row does not compile, a row without an actor neither; the build walks the router against it.
 */
type Right = "scope" | "self" | "public" | "no";
export type Rights = Readonly<Record<Actor, Right>>;

const NOBODY = {
  anonymous: "no",
  scanner: "no",
  viewer: "no",
  technician: "no",
  "service-engineer": "no",
  "release-manager": "no",
  "fleet-manager": "no",
  auditor: "no",
  admin: "no",
  "site-contact": "no",
} as const satisfies Rights;

/** A scanner signs in with its key at the agent API only; a key stolen from one is worth nothing here (K-05). */
const PUBLIC: Rights = { ...inEach(ROLES, "public"), anonymous: "public", scanner: "no" };
const SELF: Rights = inEach(ROLES, "self");

function inEach(roles: readonly Role[], right: Right): Rights {
  return { ...NOBODY, ...Object.fromEntries(roles.map((role) => [role, right])) };
}

const only = (...roles: Role[]): Rights => inEach(roles, "scope");
const EVERY_ROLE = only(...ROLES);

export const PERMISSIONS = {
  "setup.status": PUBLIC,
  "setup.createAdmin": PUBLIC,
  "session.me": PUBLIC,
  "session.front": PUBLIC,
  "session.setPreferences": SELF,
  "person.list": only("admin"),
  "person.invite": only("admin"),
  "person.revokeInvitation": only("admin"),
  "person.deactivate": only("admin"),
  "person.resetLink": only("admin"),
  "invitation.inspect": PUBLIC,
  "invitation.accept": PUBLIC,
  "invitation.resetPassword": PUBLIC,
  "site.list": EVERY_ROLE,
  "site.create": only("admin"),
  "site.rename": only("admin"),
  "site.move": only("admin"),
  "site.close": only("admin"),
  "site.reopen": only("admin"),
  "region.list": only("admin"),
  "region.create": only("admin"),
  "region.rename": only("admin"),
  "region.remove": only("admin"),
  "enrolment.createToken": only("admin", "service-engineer"),
  "enrolment.list": only("admin", "service-engineer"),
  "enrolment.revokeToken": only("admin", "service-engineer"),
  "enrolment.approve": only("admin", "service-engineer"),
  "enrolment.refuse": only("admin", "service-engineer"),
  "enrolment.release": only("admin"),
  "scanner.list": EVERY_ROLE,
  "scanner.counts": EVERY_ROLE,
  "scanner.order": EVERY_ROLE,
  "scanner.rows": EVERY_ROLE,
  "scanner.facets": EVERY_ROLE,
  "savedView.list": SELF,
  "savedView.create": SELF,
  "savedView.update": SELF,
  "savedView.delete": SELF,
  "scanner.get": EVERY_ROLE,
  "scanner.items": EVERY_ROLE,
  "scanner.diagram": EVERY_ROLE,
  "scanner.siblings": EVERY_ROLE,
  "scanner.series": EVERY_ROLE,
  "scanner.closures": EVERY_ROLE,
  "scanner.generationDiff": EVERY_ROLE,
  "scanner.facts": EVERY_ROLE,
  "scanner.timeline": EVERY_ROLE,
  "scanner.rename": only("admin", "service-engineer"),
  "scanner.tag": only("admin", "service-engineer", "fleet-manager"),
  "scanner.maintain": only("admin", "service-engineer"),
  "scanner.endMaintenance": only("admin", "service-engineer"),
  "scanner.setService": only("admin", "service-engineer"),
  "scanner.move": only("admin"),
  "sheet.exportLabels": only("admin", "service-engineer"),
  "sheet.previewLabels": only("admin", "service-engineer"),
  "sheet.importLabels": only("admin", "service-engineer"),
  "sheet.exportSites": only("admin"),
  "sheet.previewSites": only("admin"),
  "sheet.importSites": only("admin"),
  "scanner.retire": only("admin"),
  "ask.answer": EVERY_ROLE,
  "ask.scanners": EVERY_ROLE,
  "ask.suggest": EVERY_ROLE,
  "ask.find": EVERY_ROLE,
  "compare.sides": EVERY_ROLE,
  "past.range": EVERY_ROLE,
  "past.scanner": EVERY_ROLE,
  "past.fleet": EVERY_ROLE,
  "baseline.preview": only("service-engineer", "admin"),
  "baseline.adopt": only("service-engineer", "admin"),
  "release.list": EVERY_ROLE,
  "release.get": EVERY_ROLE,
  "release.compare": EVERY_ROLE,
  "release.scanners": EVERY_ROLE,
  "release.refusals": EVERY_ROLE,
  "release.pin": only("release-manager", "fleet-manager", "admin"),
  "change.preflight": only("technician", "service-engineer", "release-manager", "fleet-manager", "admin"),
  "change.request": only("technician", "service-engineer", "release-manager", "fleet-manager", "admin"),
  "change.cancel": only("technician", "service-engineer", "release-manager", "fleet-manager", "admin"),
  "change.carry": only("technician", "service-engineer", "release-manager", "fleet-manager", "admin"),
  "change.releaseHold": only("service-engineer", "release-manager", "fleet-manager", "admin"),
  "change.askLift": only("service-engineer", "release-manager", "fleet-manager", "admin"),
  "change.confirmLift": only("service-engineer", "release-manager", "fleet-manager", "admin"),
  "change.get": EVERY_ROLE,
  "change.list": EVERY_ROLE,
  "change.rollbackTargets": EVERY_ROLE,
  "audit.list": only("auditor", "admin", "service-engineer", "site-contact"),
} as const satisfies Record<string, Rights>;

export type ProcedureName = keyof typeof PERMISSIONS;
export const PROCEDURES = Object.keys(PERMISSIONS) as ProcedureName[];

/** Who goes forward: on one scanner an engineer too, on several at once only those who plan for the fleet. */
const FORWARD: readonly Role[] = ["service-engineer", "release-manager", "fleet-manager", "admin"];

/**
 * Fields inside a procedure that only some of its roles may set. `scanner.rename` moves a serial only for an administrator:
 * a serial is what an engineer reads on the type plate before touching a machine. `change.request`: the actions, and `several`
 * scanners at once (ACT-4: a technician takes one scanner back, and no more).
 */
const FIELD_PERMISSIONS = {
  "scanner.rename": { serial: ["admin"] },
  "change.request": {
    rollback: ["technician", "service-engineer", "admin"],
    stage: FORWARD,
    activate: FORWARD,
    several: ["release-manager", "fleet-manager", "admin"],
  },
} as const satisfies Partial<Record<ProcedureName, Record<string, readonly Role[]>>>;

/** Null: nobody is signed in. */
export type Memberships = readonly Membership[] | null;

/**
 * May this person call this procedure on a thing in this place? `place` null: the procedure is about no placed thing, so only
 * `public` and `self` allow it. Each membership must allow the procedure *and* cover the place by itself.
 */
export function may(memberships: Memberships, procedure: ProcedureName, place: Place | null): boolean {
  if (PERMISSIONS[procedure].anonymous === "public") return true;
  if (memberships === null) return false;
  if (PERMISSIONS[procedure].viewer === "self") return true;
  if (place === null) return false;
  return granting(memberships, procedure).some((membership) => covers(membership.scope, place));
}

/** Is there any place where the person may call it? Decides what is offered, never what is done. */
export function mayAnywhere(memberships: Memberships, procedure: ProcedureName): boolean {
  if (may(memberships, procedure, null)) return true;
  return granting(memberships, procedure).length > 0;
}

/** May the person set this field of the thing in this place? Fields the table does not name follow their procedure. */
export function maySetField(
  memberships: Memberships,
  procedure: ProcedureName,
  field: string,
  place: Place,
): boolean {
  if (!may(memberships, procedure, place)) return false;
  const roles = rolesFor(procedure, field);
  if (roles === undefined) return true;
  return granting(memberships, procedure).some(
    (membership) => roles.includes(membership.role) && covers(membership.scope, place),
  );
}

/** Is there any place where the person may set it? Decides what is offered, never what is done. */
export function maySetFieldAnywhere(
  memberships: Memberships,
  procedure: ProcedureName,
  field: string,
): boolean {
  const roles = rolesFor(procedure, field);
  if (roles === undefined) return mayAnywhere(memberships, procedure);
  return granting(memberships, procedure).some((membership) => roles.includes(membership.role));
}

/** The roles that may call it, and set this field of it: whom to ask. Null: no field in particular. */
export function rolesThatMay(procedure: ProcedureName, field: string | null): Role[] {
  const able = ROLES.filter((role) => PERMISSIONS[procedure][role] === "scope");
  const roles = field === null ? undefined : rolesFor(procedure, field);
  return roles === undefined ? able : able.filter((role) => roles.includes(role));
}

/** Undefined: whoever may call the procedure. */
function rolesFor(procedure: ProcedureName, field: string): readonly Role[] | undefined {
  const fields: Readonly<Record<string, readonly Role[]>> =
    (FIELD_PERMISSIONS as Partial<Record<ProcedureName, Record<string, readonly Role[]>>>)[procedure] ?? {};
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}

/** Where a procedure may be called: an object is in reach when one of the lists names its site, its region or its organisation. Empty lists: nowhere. */
export type Reach = { organisationIds: OrganisationId[]; regionIds: RegionId[]; siteIds: SiteId[] };

/** The reach of one procedure, for the filter of a query and the row-level security of its transaction. Never widened by roles that do not allow it. */
export function scopesFor(memberships: Memberships, procedure: ProcedureName): Reach {
  const reach: Reach = { organisationIds: [], regionIds: [], siteIds: [] };
  for (const { scope } of granting(memberships, procedure)) {
    if (scope.kind === "organisation") reach.organisationIds.push(scope.organisationId);
    else if (scope.kind === "region") reach.regionIds.push(scope.regionId);
    else reach.siteIds.push(scope.siteId);
  }
  return {
    organisationIds: [...new Set(reach.organisationIds)].sort(),
    regionIds: [...new Set(reach.regionIds)].sort(),
    siteIds: [...new Set(reach.siteIds)].sort(),
  };
}

function granting(memberships: Memberships, procedure: ProcedureName): Membership[] {
  return (memberships ?? []).filter((membership) => PERMISSIONS[procedure][membership.role] === "scope");
}
