import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { PeopleView } from "#app/people/people-view.tsx";
import { NoPermission } from "#app/shell/no-permission.tsx";

export const metadata: Metadata = { title: "People" };

export default async function PeopleRoute() {
  const me = await signedIn(paths.people);
  if (!me.may["person.list"]) return <NoPermission procedure="person.list" />;
  const { queryClient, trpc } = await visitor();
  await Promise.all([
    queryClient.prefetchQuery(trpc.person.list.queryOptions()),
    queryClient.prefetchQuery(trpc.site.list.queryOptions()),
  ]);
  return (
    <HydrationBoundary state={await dehydrated()}>
      <PeopleView />
    </HydrationBoundary>
  );
}
