import { Prisma } from "#prisma/generated/client.ts";
import type { Tx } from "#server/database/scoped.ts";

/** Names that can be asked for. The list of all of them belongs to no site, so each is looked up in the reader's scope before it is said. */

export type NamedTerm = { kind: string; name: string };

/** Closures that somebody the reader may see runs; looked up once, because thousands may share each. */
const RUN_HERE = Prisma.sql`run_here as materialized (select distinct "runningDigest" as "digest" from "ScannerState")`;

/** Somebody the reader may see has it now. */
const SEEN_NOW = Prisma.sql`case when k."kind" = 'package'
  then exists (select from "ClosurePath" p where p."name" = k."name" and p."closureDigest" in (select "digest" from run_here))
  else exists (select from "FactTerm" t join "FactInterval" i on i."setId" = t."setId" and i."closedAt" is null
    where t."kind" = k."kind" and t."name" = k."name") end`;

/** By the name as it is, whatever its letters. */
export async function namesCalled(tx: Tx, kinds: readonly string[], name: string): Promise<NamedTerm[]> {
  return await tx.$queryRaw<NamedTerm[]>`
    select distinct "kind", "name" from "KnownTerm"
    where "key" = lower(${name} collate "C") and "kind" = any(${[...kinds]}::text[]) order by 1, 2`;
}

/** By a pattern of LIKE over names in lower case; at most `limit`. */
export async function namesLike(
  tx: Tx,
  kinds: readonly string[],
  pattern: string,
  limit: number,
): Promise<NamedTerm[]> {
  return await tx.$queryRaw<NamedTerm[]>`
    select distinct "kind", "name" from "KnownTerm"
    where "key" like lower(${pattern} collate "C") and "kind" = any(${[...kinds]}::text[]) order by 2, 1 limit ${limit}`;
}

/** How many candidates are looked at for `limit` names that somebody in scope has. */
const CANDIDATES = 60;

/** Names that begin like this first, then those that have it somewhere. */
export async function namesNear(
  tx: Tx,
  kinds: readonly string[],
  part: string,
  limit: number,
): Promise<NamedTerm[]> {
  return await tx.$queryRaw<NamedTerm[]>`
    with ${RUN_HERE} select k."kind", k."name" from (
      select "kind", "name", min(position(lower(${part} collate "C") in "key")) as "at" from "KnownTerm"
      where position(lower(${part} collate "C") in "key") > 0 and "kind" = any(${[...kinds]}::text[])
      group by 1, 2 order by 3, length("name"), 2, 1 limit ${CANDIDATES}) k
    where ${SEEN_NOW} order by k."at", length(k."name"), 2, 1 limit ${limit}`;
}

/** What has exactly this value: a version, a firmware, a limits hash. */
export async function namesWithValue(
  tx: Tx,
  kinds: readonly string[],
  value: string,
  limit: number,
): Promise<NamedTerm[]> {
  return await tx.$queryRaw<NamedTerm[]>`
    with ${RUN_HERE} select k."kind", k."name" from (
      select distinct "kind", "name" from "KnownTerm"
      where "value" = ${value} and "kind" = any(${[...kinds]}::text[]) order by 1, 2 limit ${CANDIDATES}) k
    where ${SEEN_NOW} limit ${limit}`;
}
