import type { MembershipScope } from "#core/access/membership.ts";
import type { ProcedureName } from "#core/access/permission.ts";
import type { Role } from "#core/access/role.ts";
import type { FleetColumn } from "#core/fleet/columns.ts";
import type { Locale } from "#core/message/text.ts";

/** How one person reads this application. `times` says whose clock a page shows; `timeZone` is used for `viewer`. */
export type Preferences = {
  locale: Locale;
  theme: "system" | "light" | "dark";
  times: "site" | "viewer" | "utc";
  /** IANA name. */
  timeZone: string;
  /** Whether single keys act (WCAG 2.1.4). */
  shortcuts: boolean;
  /** Of the fleet table, in order; null: the usual ones. */
  fleetColumns: readonly FleetColumn[] | null;
  density: "compact" | "comfortable";
};

/** A role and the place it is held in, with the place's name as people know it. */
export type MembershipView = {
  role: Role;
  scope: { kind: MembershipScope["kind"]; id: string; name: string };
};

/** The signed-in person; null when nobody is signed in. */
export type Me = null | {
  userId: string;
  name: string;
  email: string;
  memberships: MembershipView[];
  /** Whether the procedure may be called anywhere at all: decides what is offered, never what is done. */
  may: Record<ProcedureName, boolean>;
  preferences: Preferences;
  twoFactorEnabled: boolean;
  organisationName: string;
};

/** How this installation greets people. */
export type Front = {
  /** Whoever comes picks who they are. */
  signInOpen: boolean;
  bannerText: string | null;
  dock: boolean;
  /** Whom one may pick, one line each; empty unless the door is open. */
  people: { userId: string; name: string; membership: MembershipView }[];
};
