import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { readFilter } from "#app/fleet/filter.ts";
import { fleetQuery } from "#app/fleet/fleet-query.ts";
import { FleetView } from "#app/fleet/fleet-view.tsx";
import { paths } from "#app/paths.ts";

export const metadata: Metadata = { title: "Fleet" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function FleetPage({ searchParams }: Props) {
  const filter = readFilter(await searchParams);
  await signedIn(paths.fleet(filter));
  const { client, queryClient } = await visitor();
  await queryClient.prefetchInfiniteQuery(fleetQuery(client, filter));
  return (
    <HydrationBoundary state={await dehydrated()}>
      <FleetView filter={filter} />
    </HydrationBoundary>
  );
}
