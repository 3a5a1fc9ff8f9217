import { describe, expect, test } from "vitest";
import type { OrganisationId, RegionId, SiteId } from "#core/identity/identity.ts";
import { covers, type Membership, type MembershipScope, type Place, placeOf } from "./membership.ts";
import {
  may,
  mayAnywhere,
  maySetField,
  maySetFieldAnywhere,
  PERMISSIONS,
  PROCEDURES,
  type ProcedureName,
  rolesThatMay,
  scopesFor,
} from "./permission.ts";
import { ACTORS, fitsScope, isRole, ROLES, type Role } from "./role.ts";

const ORG = "org" as OrganisationId;
const NORTH = "north" as RegionId;
const SOUTH = "south" as RegionId;
const KIEL = "kiel" as SiteId;
const BONN = "bonn" as SiteId;
const OTHER = "other" as OrganisationId;

const organisation: MembershipScope = { kind: "organisation", organisationId: ORG };
const region: MembershipScope = { kind: "region", organisationId: ORG, regionId: NORTH };
const site: MembershipScope = { kind: "site", organisationId: ORG, regionId: NORTH, siteId: KIEL };
const kiel: Place = { organisationId: ORG, regionId: NORTH, siteId: KIEL };
const bonn: Place = { organisationId: ORG, regionId: SOUTH, siteId: BONN };
const as = (role: Role, scope: MembershipScope = organisation): Membership => ({ role, scope });

/** The table of the contract, written a second time: which roles may call what. */
const PUBLIC = [
  "setup.status",
  "setup.createAdmin",
  "session.me",
  "session.front",
  "invitation.inspect",
  "invitation.accept",
  "invitation.resetPassword",
];
const ADMIN = [
  "person.list",
  "person.invite",
  "person.revokeInvitation",
  "person.deactivate",
  "person.resetLink",
  "site.create",
  "site.rename",
  "site.move",
  "site.close",
  "site.reopen",
  "region.list",
  "region.create",
  "region.rename",
  "region.remove",
  "scanner.move",
  "scanner.retire",
  "sheet.exportSites",
  "sheet.previewSites",
  "sheet.importSites",
  "enrolment.release",
];
const ENGINEER = [
  "enrolment.createToken",
  "enrolment.list",
  "enrolment.revokeToken",
  "enrolment.approve",
  "enrolment.refuse",
  "scanner.rename",
  "scanner.maintain",
  "scanner.endMaintenance",
  "scanner.setService",
  "sheet.exportLabels",
  "sheet.previewLabels",
  "sheet.importLabels",
  "baseline.preview",
  "baseline.adopt",
];
const EVERY = [
  "site.list",
  "scanner.list",
  "scanner.get",
  "scanner.items",
  "scanner.closures",
  "scanner.generationDiff",
  "scanner.facts",
  "scanner.timeline",
  "scanner.counts",
  "scanner.order",
  "scanner.rows",
  "scanner.facets",
  "scanner.diagram",
  "scanner.siblings",
  "scanner.series",
  "ask.answer",
  "ask.scanners",
  "ask.suggest",
  "ask.find",
  "compare.sides",
  "past.range",
  "past.scanner",
  "past.fleet",
  "release.list",
  "release.get",
  "release.compare",
  "release.scanners",
  "release.refusals",
  "change.get",
  "change.list",
  "change.rollbackTargets",
];
/** Everybody signed in, about what is their own. */
const SELF = [
  "session.setPreferences",
  "savedView.list",
  "savedView.create",
  "savedView.update",
  "savedView.delete",
];
const AUDIT = ["audit.list"];
const FILING = ["scanner.tag"];
const PINNING = ["release.pin"];
const CHANGING = ["change.preflight", "change.request", "change.cancel", "change.carry"];
const PARDONING = ["change.releaseHold", "change.askLift", "change.confirmLift"];

function expected(role: Role, procedure: string): boolean {
  if (EVERY.includes(procedure)) return true;
  if (AUDIT.includes(procedure))
    return ["auditor", "admin", "service-engineer", "site-contact"].includes(role);
  if (FILING.includes(procedure)) return ["admin", "service-engineer", "fleet-manager"].includes(role);
  if (PINNING.includes(procedure)) return ["admin", "release-manager", "fleet-manager"].includes(role);
  if (CHANGING.includes(procedure))
    return ["admin", "technician", "service-engineer", "release-manager", "fleet-manager"].includes(role);
  if (PARDONING.includes(procedure))
    return ["admin", "service-engineer", "release-manager", "fleet-manager"].includes(role);
  if (ENGINEER.includes(procedure)) return role === "admin" || role === "service-engineer";
  return role === "admin";
}

describe("the permission table [ADM-1]", () => {
  test("has exactly the procedures of the contract, each with every actor", () => {
    expect([...PROCEDURES].sort()).toEqual(
      [
        ...[...PUBLIC, ...ADMIN, ...ENGINEER, ...EVERY, ...AUDIT, ...FILING, ...SELF],
        ...[...PINNING, ...CHANGING, ...PARDONING],
      ].sort(),
    );
    for (const procedure of PROCEDURES)
      expect(Object.keys(PERMISSIONS[procedure]).sort()).toEqual([...ACTORS].sort());
  });

  const scoped = PROCEDURES.filter((procedure) => !PUBLIC.includes(procedure) && !SELF.includes(procedure));
  const matrix = ROLES.flatMap((role) => scoped.map((procedure): [Role, ProcedureName] => [role, procedure]));

  test.each(matrix)("%s on %s", (role, procedure) => {
    expect(may([as(role)], procedure, kiel)).toBe(expected(role, procedure));
    expect(mayAnywhere([as(role)], procedure)).toBe(expected(role, procedure));
  });

  test("nobody signed in, and a person without any role, reach public procedures only", () => {
    for (const procedure of PROCEDURES) {
      expect(may(null, procedure, kiel), procedure).toBe(PUBLIC.includes(procedure));
      expect(mayAnywhere(null, procedure), procedure).toBe(PUBLIC.includes(procedure));
      const self = PUBLIC.includes(procedure) || SELF.includes(procedure);
      expect(may([], procedure, kiel), procedure).toBe(self);
    }
  });

  test("a scanner's key opens nothing here [K-05]", () => {
    for (const procedure of PROCEDURES) expect(PERMISSIONS[procedure].scanner).toBe("no");
  });
});

describe("rights are judged per object, never as the union of a person's roles [P-09, CVE-2026-33552]", () => {
  const person = [
    as("viewer"),
    as("admin", { kind: "site", organisationId: ORG, regionId: SOUTH, siteId: BONN }),
  ];

  test("an administrator of one site who may look everywhere acts on that site only", () => {
    expect(may(person, "baseline.adopt", bonn)).toBe(true);
    expect(may(person, "baseline.adopt", kiel)).toBe(false);
    expect(may(person, "scanner.get", kiel)).toBe(true);
    expect(may(person, "site.create", { organisationId: ORG, regionId: null, siteId: null })).toBe(false);
  });

  test("the reach of a procedure leaves out scopes of roles that do not allow it", () => {
    expect(scopesFor(person, "baseline.adopt")).toEqual({
      organisationIds: [],
      regionIds: [],
      siteIds: [BONN],
    });
    expect(scopesFor(person, "scanner.list")).toEqual({
      organisationIds: [ORG],
      regionIds: [],
      siteIds: [BONN],
    });
    expect(scopesFor([as("viewer", region), as("auditor", region)], "scanner.list")).toEqual({
      organisationIds: [],
      regionIds: [NORTH],
      siteIds: [],
    });
    expect(scopesFor(null, "scanner.list")).toEqual({ organisationIds: [], regionIds: [], siteIds: [] });
  });

  test("without a place nothing placed is allowed", () => {
    expect(may([as("admin")], "person.list", null)).toBe(false);
    expect(may([as("admin")], "setup.status", null)).toBe(true);
  });
});

describe("a scope covers", () => {
  test.each<[string, MembershipScope, Place, boolean]>([
    ["organisation: its sites", organisation, kiel, true],
    ["organisation: no foreign site", organisation, { ...kiel, organisationId: OTHER }, false],
    ["region: its sites", region, kiel, true],
    ["region: no other region", region, bonn, false],
    [
      "region: nothing of the whole organisation",
      region,
      { organisationId: ORG, regionId: null, siteId: null },
      false,
    ],
    ["site: itself", site, kiel, true],
    ["site: not its region", site, { organisationId: ORG, regionId: NORTH, siteId: null }, false],
    ["site: not under another organisation", site, { ...kiel, organisationId: OTHER }, false],
  ])("%s", (_title, scope, place, covered) => {
    expect(covers(scope, place)).toBe(covered);
  });

  test("the place it names, and wider scopes cover narrower ones only", () => {
    const scopes = [organisation, region, site];
    for (const [a, wide] of scopes.entries())
      for (const [b, narrow] of scopes.entries()) expect(covers(wide, placeOf(narrow))).toBe(a <= b);
  });
});

describe("a field", () => {
  test("a serial is moved by an administrator of that place only", () => {
    expect(maySetField([as("admin", site)], "scanner.rename", "serial", kiel)).toBe(true);
    expect(maySetField([as("service-engineer")], "scanner.rename", "serial", kiel)).toBe(false);
    expect(maySetField([as("service-engineer"), as("admin", site)], "scanner.rename", "serial", bonn)).toBe(
      false,
    );
    expect(maySetField(null, "scanner.rename", "serial", kiel)).toBe(false);
  });

  test("without a rule of its own follows its procedure", () => {
    expect(maySetField([as("service-engineer")], "scanner.rename", "alias", kiel)).toBe(true);
    expect(maySetField([as("service-engineer")], "scanner.rename", "constructor", kiel)).toBe(true);
    expect(maySetField([as("viewer")], "scanner.rename", "alias", kiel)).toBe(false);
    expect(maySetField([as("viewer")], "scanner.get", "alias", kiel)).toBe(true);
    expect(maySetField(null, "setup.status", "alias", kiel)).toBe(true);
  });
});

test("whom to ask is told for what exactly is refused [ACT-4]", () => {
  expect(rolesThatMay("change.request", "activate")).not.toContain("technician");
  expect(rolesThatMay("change.request", "rollback")).toContain("technician");
  expect(rolesThatMay("change.request", null)).toContain("technician");
  expect(rolesThatMay("release.pin", "no such field")).toEqual(rolesThatMay("release.pin", null));
});

test("roles are known by name, and a site contact is held for single sites only [ADM-6]", () => {
  expect(isRole("technician")).toBe(true);
  expect(isRole("scanner")).toBe(false);
  expect(fitsScope("site-contact", "site")).toBe(true);
  expect(fitsScope("site-contact", "organisation")).toBe(false);
  expect(fitsScope("viewer", "organisation")).toBe(true);
});

test("a technician is offered the way back and no way forward, on one scanner at a time [ACT-4]", () => {
  const offered = (role: Role) =>
    ["rollback", "activate", "several"].filter((field) =>
      maySetFieldAnywhere([as(role, site)], "change.request", field),
    );
  expect(offered("technician")).toEqual(["rollback"]);
  expect(offered("service-engineer")).toEqual(["rollback", "activate"]);
  expect(offered("release-manager")).toEqual(["activate", "several"]);
  expect(offered("viewer")).toEqual([]);
  expect(maySetFieldAnywhere([as("service-engineer")], "scanner.rename", "alias")).toBe(true);
  expect(maySetFieldAnywhere(null, "change.request", "rollback")).toBe(false);
});
