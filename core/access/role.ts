/**
 * Who can ask for something (architecture.md §7). People hold one of the eight roles inside a scope; `anonymous` and
 * `scanner` are actors without one and stand in the same table, so that nothing is allowed to them by omission.
 */
export const ROLES = [
  "viewer",
  "technician",
  "service-engineer",
  "release-manager",
  "fleet-manager",
  "auditor",
  "admin",
  "site-contact",
] as const;
export type Role = (typeof ROLES)[number];

export const ACTORS = ["anonymous", "scanner", ...ROLES] as const;
export type Actor = (typeof ACTORS)[number];

export function isRole(word: string): word is Role {
  return (ROLES as readonly string[]).includes(word);
}

/** A site contact belongs to a hospital and never sees more than its sites (ADM-6); every other role may be held anywhere. */
const SCOPE_KINDS = ["organisation", "region", "site"] as const;
export type ScopeKind = (typeof SCOPE_KINDS)[number];

const SCOPES_OF_ROLE = {
  viewer: SCOPE_KINDS,
  technician: SCOPE_KINDS,
  "service-engineer": SCOPE_KINDS,
  "release-manager": SCOPE_KINDS,
  "fleet-manager": SCOPE_KINDS,
  auditor: SCOPE_KINDS,
  admin: SCOPE_KINDS,
  "site-contact": ["site"],
} as const satisfies Record<Role, readonly ScopeKind[]>;

export function fitsScope(role: Role, kind: ScopeKind): boolean {
  return (SCOPES_OF_ROLE[role] as readonly ScopeKind[]).includes(kind);
}
