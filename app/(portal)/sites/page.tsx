import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { SitesView } from "#app/sites/sites-view.tsx";

export const metadata: Metadata = { title: "Sites" };

export default async function SitesRoute() {
  await signedIn(paths.sites);
  const { queryClient, trpc } = await visitor();
  await queryClient.prefetchQuery(trpc.site.list.queryOptions());
  return (
    <HydrationBoundary state={await dehydrated()}>
      <SitesView />
    </HydrationBoundary>
  );
}
