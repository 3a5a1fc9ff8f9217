import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { ReleaseListView } from "#app/release/release-list-view.tsx";
import { NoPermission } from "#app/shell/no-permission.tsx";

export const metadata: Metadata = { title: "Releases" };

export default async function ReleasesRoute() {
  const me = await signedIn(paths.releases);
  if (!me.may["release.list"]) return <NoPermission procedure="release.list" />;
  const { queryClient, trpc } = await visitor();
  await queryClient.prefetchQuery(trpc.release.list.queryOptions());
  return (
    <HydrationBoundary state={await dehydrated()}>
      <ReleaseListView />
    </HydrationBoundary>
  );
}
