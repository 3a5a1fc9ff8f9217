import { BEFORE_ARM } from "#core/change/progress.ts";
import { STICK_STEPS, type StickSaid, type StickStep } from "#core/change/stick.ts";
import type { Tx } from "#server/database/scoped.ts";

/** What was decided of carrying changes by hand; it stands among the steps of the change. Row-level security holds the scope. */

export async function stickSaid(tx: Tx, changeId: string): Promise<StickSaid[]> {
  const rows = await tx.changeStep.findMany({
    where: { changeId, reason: { in: [...STICK_STEPS] } },
    orderBy: [{ at: "asc" }, { id: "asc" }],
  });
  return rows.map(({ id, reason, actor, at, detail }) => {
    const { reason: why = "", of = null, untilMs = null } = detail as Partial<Detail>;
    return { id, step: reason as StickStep, by: actor, atMs: at.getTime(), why, of, untilMs };
  });
}
type Detail = { reason: string; of: string; untilMs: number };

export type StickToSign = { id: string; changeId: string };

/** Decided, and neither signed nor refused. Before the change itself is signed there is nothing that could be made to last. */
export async function sticksToSign(tx: Tx, except: readonly string[]): Promise<StickToSign[]> {
  return await tx.$queryRaw<StickToSign[]>`
    select st."id", st."changeId" from "ChangeStep" st join "Change" c on c."id" = st."changeId"
    where st."reason" = 'carry-asked' and not st."id" = any(${[...except]}::uuid[])
      and c."endedAt" is null and c."cancelAskedAt" is null and c."seq" is not null and c."state" = any(${[...BEFORE_ARM]})
      and not exists (select 1 from "ChangeStep" a where a."changeId" = st."changeId"
        and a."reason" in ('carry-signed', 'carry-refused') and a."detail"->>'of' = st."id"::text)
    order by st."at" limit 200`;
}
