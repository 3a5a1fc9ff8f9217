import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { readUpgradeQuery } from "#app/change/query.ts";
import { UpgradeView } from "#app/change/upgrade-view.tsx";
import { paths } from "#app/paths.ts";
import { NoPermission } from "#app/shell/no-permission.tsx";
import { rolesThatMay } from "#core/access/permission.ts";

export const metadata: Metadata = { title: "Upgrade" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function UpgradeRoute({ searchParams }: Props) {
  const asked = readUpgradeQuery(await searchParams);
  const me = await signedIn(paths.upgrade(asked));
  // A technician asks for a rollback and not for an upgrade: told here, and not after the form is filled in.
  const able = rolesThatMay("change.request", "activate");
  if (!me.memberships.some(({ role }) => able.includes(role)))
    return <NoPermission procedure="change.request" field="activate" />;
  const { queryClient, trpc } = await visitor();
  await queryClient.prefetchQuery(trpc.release.list.queryOptions());
  return (
    <HydrationBoundary state={await dehydrated()}>
      <UpgradeView asked={asked} />
    </HydrationBoundary>
  );
}
