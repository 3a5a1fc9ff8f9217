import { PARDON_STEPS } from "#core/change/pardon.ts";
import type { Tx } from "#server/database/scoped.ts";

/** What people decided of failed changes; it stands among the steps of the change. Row-level security holds the scope. */

export async function pardonSteps(tx: Tx, changeId: string) {
  return await tx.changeStep.findMany({
    where: { changeId, reason: { in: [...PARDON_STEPS] } },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
}
export type PardonStepRow = Awaited<ReturnType<typeof pardonSteps>>[number];

export async function factsOfScanner(tx: Tx, scannerId: string): Promise<unknown> {
  const state = await tx.scannerState.findUnique({ where: { scannerId }, select: { facts: true } });
  return state?.facts ?? {};
}

export type Granted = { id: string; changeId: string };

/**
 * Decided since, and neither signed nor refused by the signer. While a change is open on the scanner they wait: the director says one thing
 * at a time.
 */
export async function grantedToSign(tx: Tx, since: Date, except: readonly string[]): Promise<Granted[]> {
  return await tx.$queryRaw<Granted[]>`
    select st."id", st."changeId" from "ChangeStep" st
    where st."reason" in ('hold-released', 'lift-confirmed') and st."at" > ${since} and not st."id" = any(${[...except]}::uuid[])
      and not exists (select 1 from "ChangeStep" a where a."changeId" = st."changeId"
        and a."reason" in ('pardon-signed', 'pardon-refused') and a."detail"->>'of' = st."id"::text)
      and not exists (select 1 from "Change" c where c."scannerId" = st."scannerId" and c."endedAt" is null)
    order by st."at" limit 200`;
}
