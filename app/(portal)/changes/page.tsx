import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { ChangeListView } from "#app/change/change-list-view.tsx";
import { changesInput, readChangesFilter } from "#app/change/query.ts";
import { paths } from "#app/paths.ts";
import { NoPermission } from "#app/shell/no-permission.tsx";

export const metadata: Metadata = { title: "Changes" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function ChangesRoute({ searchParams }: Props) {
  const filter = readChangesFilter(await searchParams);
  const me = await signedIn(paths.changes(filter));
  if (!me.may["change.list"]) return <NoPermission procedure="change.list" />;
  const { queryClient, trpc } = await visitor();
  await queryClient.prefetchQuery(trpc.change.list.queryOptions(changesInput(filter)));
  return (
    <HydrationBoundary state={await dehydrated()}>
      <ChangeListView filter={filter} />
    </HydrationBoundary>
  );
}
