import type { Act, Tx } from "#server/act.ts";
import { createMember } from "#server/person/account-service.ts";
import { Refusal } from "#server/refusal.ts";
import { anyPerson, createFirstPlaces, type FirstPlaces, lockSetup } from "./store.ts";

/** The region every first site lies in; an administrator may name others later. */
const FIRST_REGION = "Main";

export type FirstRun = Omit<FirstPlaces, "regionName"> & { name: string; email: string; password: string };

export async function needsAdmin(tx: Tx): Promise<boolean> {
  return !(await anyPerson(tx));
}

/**
 * The first administrator, with the first region and site. Of any number of requests at once exactly one wins; after it the
 * door is shut for ever. @throws Refusal `setup-done`
 */
export async function createAdmin(act: Act, first: FirstRun): Promise<{ userId: string }> {
  await lockSetup(act.tx);
  if (await anyPerson(act.tx)) throw new Refusal("setup-done");
  const { organisationId, siteId } = await createFirstPlaces(act.tx, { ...first, regionName: FIRST_REGION });
  const scope = { kind: "organisation", organisationId } as const;
  const userId = await createMember(act.tx, first, { role: "admin", scope, createdBy: null });
  await act.audit({
    siteId: null,
    actor: userId,
    action: "setup.admin-created",
    body: { userId, organisationId, siteId },
  });
  return { userId };
}
