import type { Role } from "#core/access/role.ts";
import { HAMBURG, type RegionName } from "#demo/plan/places.ts";

/** Where a person's role holds: everywhere, in a region, at a site. */
export type PersonScope =
  | { kind: "organisation" }
  | { kind: "region"; region: RegionName }
  | { kind: "site"; site: string };

export type PersonPlan = {
  /** Stable word that acts of the plan name the person by. */
  key: string;
  name: string;
  email: string;
  role: Role;
  scope: PersonScope;
  locale: "en" | "de";
  timeZone: string;
};

/** Somebody for every role, and the technicians and contacts that a fleet this wide has. */
export const PEOPLE = [
  person("okonkwo", "Adaeze Okonkwo", "Europe/London", { role: "admin", scope: { kind: "organisation" } }),
  person("ortega", "M. Ortega", "Europe/Madrid", {
    role: "service-engineer",
    scope: { kind: "region", region: "EMEA" },
  }),
  person("sato", "A. Sato", "Asia/Tokyo", { role: "technician", scope: { kind: "region", region: "APAC" } }),
  person("lindqvist", "Ebba Lindqvist", "Europe/Stockholm", {
    role: "release-manager",
    scope: { kind: "organisation" },
  }),
  person("hartmann", "Jürgen Hartmann", "Europe/Berlin", {
    role: "fleet-manager",
    scope: { kind: "organisation" },
  }),
  person("mbeki", "Thandi Mbeki", "Africa/Johannesburg", {
    role: "auditor",
    scope: { kind: "organisation" },
  }),
  person("keller", "Dr. Anna-Lena Keller", "Europe/Berlin", {
    role: "site-contact",
    scope: { kind: "site", site: HAMBURG },
  }),
  person("visitor", "Guest", "UTC", { role: "viewer", scope: { kind: "organisation" } }),
  person("weber", "Tim Weber", "Europe/Berlin", {
    role: "technician",
    scope: { kind: "site", site: HAMBURG },
  }),
  person("reyes", "Camila Reyes", "America/New_York", {
    role: "service-engineer",
    scope: { kind: "region", region: "Americas" },
  }),
  person("whitfield", "Dana Whitfield", "America/Chicago", {
    role: "technician",
    scope: { kind: "region", region: "Americas" },
  }),
  person("nakamura", "Ken Nakamura", "Asia/Tokyo", {
    role: "service-engineer",
    scope: { kind: "region", region: "APAC" },
  }),
  person("deshpande", "Rohan Deshpande", "Asia/Kolkata", {
    role: "technician",
    scope: { kind: "region", region: "APAC" },
  }),
  person("dubois", "Chloé Dubois", "Europe/Paris", {
    role: "technician",
    scope: { kind: "region", region: "EMEA" },
  }),
] as const satisfies readonly PersonPlan[];

export type PersonKey = (typeof PEOPLE)[number]["key"];

function person<K extends string>(
  key: K,
  name: string,
  timeZone: string,
  held: { role: Role; scope: PersonScope },
) {
  const locale = timeZone === "Europe/Berlin" ? "de" : "en";
  return { key, name, email: `${key}@fiducial.example`, locale, timeZone, ...held } as const;
}

/** Who works on scanners of a region. */
export const TECHNICIANS = {
  EMEA: ["ortega", "dubois"],
  Americas: ["reyes", "whitfield"],
  APAC: ["nakamura", "sato"],
} as const satisfies Record<RegionName, readonly PersonKey[]>;
