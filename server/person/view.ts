import type { Role } from "#core/access/role.ts";
import type { MembershipView } from "#server/session/view.ts";

export type Person = {
  userId: string;
  name: string;
  email: string;
  deactivatedAtMs: number | null;
  /** Those that lie inside the reader's own scope. */
  memberships: MembershipView[];
  /** Last request of any of the person's sessions that are still open. */
  lastSeenMs: number | null;
};

export type OpenInvitation = {
  id: string;
  email: string;
  role: Role;
  scopeName: string;
  createdAtMs: number;
  expiresAtMs: number;
};

export type People = { people: Person[]; invitations: OpenInvitation[] };

/** What the holder of an invitation link reads before accepting it. */
export type InvitationView = { email: string; role: Role; scopeName: string; organisationName: string };
