import type { Reach } from "#core/access/permission.ts";
import type { Tx, WithScope } from "#server/database/scoped.ts";

/**
 * Inside which sites a transaction sees rows. `server`: all of them, for public procedures (whose right is a one-time token or
 * the absence of any user) and for rows that belong to no site; their service proves the right before it touches a row.
 */
export type Access = { kind: "server" } | { kind: "reach"; reach: Reach };

export const NOWHERE: Reach = { organisationIds: [], regionIds: [], siteIds: [] };

export type Transaction = <T>(access: Access, work: (tx: Tx) => Promise<T>) => Promise<T>;

/** Row-level security knows sites only, so a reach over regions or organisations becomes the sites that lie in them now. */
export function createTransaction(withScope: WithScope): Transaction {
  return (access, work) => {
    if (access.kind === "server") return withScope({ all: true }, work);
    const { organisationIds, regionIds, siteIds } = access.reach;
    if (organisationIds.length + regionIds.length === 0) return withScope({ siteIds }, work);
    return withScope({ all: true }, async (tx) => {
      await narrow(tx, access.reach);
      return work(tx);
    });
  };
}

/** The list is complete before the settings change, because an aggregate has read every row by then. */
async function narrow(tx: Tx, { organisationIds, regionIds, siteIds }: Reach): Promise<void> {
  await tx.$executeRaw`
    with inside as materialized (
      select coalesce(string_agg(id::text, ','), '') as list from "Site"
      where "organisationId" = any(${organisationIds}::uuid[]) or "regionId" = any(${regionIds}::uuid[])
        or id = any(${siteIds}::uuid[]))
    select set_config('fid.sites', list, true), set_config('fid.all', 'off', true) from inside`;
}
