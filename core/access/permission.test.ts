import { describe, expect, test } from "vitest";
import type { OrganisationId, RegionId, SiteId } from "#core/identity/identity.ts";
import { covers, type Membership, type MembershipScope, type Place, placeOf } from "./membership.ts";
import {
  may,
  mayAnywhere,
  maySetField,
  PERMISSIONS,
  PROCEDURES,
  type ProcedureName,
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
  "enrolment.release",
];
const ENGINEER = [
  "enrolment.createToken",
  "enrolment.list",
  "enrolment.revokeToken",
  "enrolment.approve",
  "enrolment.refuse",
  "scanner.rename",
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
];
const AUDIT = ["audit.list"];

function expected(role: Role, procedure: string): boolean {
  if (EVERY.includes(procedure)) return true;
  if (AUDIT.includes(procedure))
    return ["auditor", "admin", "service-engineer", "site-contact"].includes(role);
  if (ENGINEER.includes(procedure)) return role === "admin" || role === "service-engineer";
  return role === "admin";
}

describe("the permission table [ADM-1]", () => {
  test("has exactly the procedures of the contract, each with every actor", () => {
    expect([...PROCEDURES].sort()).toEqual(
      [...PUBLIC, ...ADMIN, ...ENGINEER, ...EVERY, ...AUDIT, "session.setPreferences"].sort(),
    );
    for (const procedure of PROCEDURES)
      expect(Object.keys(PERMISSIONS[procedure]).sort()).toEqual([...ACTORS].sort());
  });

  const scoped = PROCEDURES.filter(
    (procedure) => !PUBLIC.includes(procedure) && procedure !== "session.setPreferences",
  );
  const matrix = ROLES.flatMap((role) => scoped.map((procedure): [Role, ProcedureName] => [role, procedure]));

  test.each(matrix)("%s on %s", (role, procedure) => {
    expect(may([as(role)], procedure, kiel)).toBe(expected(role, procedure));
    expect(mayAnywhere([as(role)], procedure)).toBe(expected(role, procedure));
  });

  test("nobody signed in, and a person without any role, reach public procedures only", () => {
    for (const procedure of PROCEDURES) {
      expect(may(null, procedure, kiel), procedure).toBe(PUBLIC.includes(procedure));
      expect(mayAnywhere(null, procedure), procedure).toBe(PUBLIC.includes(procedure));
      const self = PUBLIC.includes(procedure) || procedure === "session.setPreferences";
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

test("roles are known by name, and a site contact is held for single sites only [ADM-6]", () => {
  expect(isRole("technician")).toBe(true);
  expect(isRole("scanner")).toBe(false);
  expect(fitsScope("site-contact", "site")).toBe(true);
  expect(fitsScope("site-contact", "organisation")).toBe(false);
  expect(fitsScope("viewer", "organisation")).toBe(true);
});
