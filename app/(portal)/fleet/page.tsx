import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { fleetQuery } from "#app/fleet/fleet-query.ts";
import { FleetView } from "#app/fleet/fleet-view.tsx";
import { paths } from "#app/paths.ts";
import { readFleetQuery, writeFleetQuery } from "#core/fleet/filter.ts";

export const metadata: Metadata = { title: "Fleet" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** The address as it was written: a value that came twice is two values. */
function queryOf(search: Readonly<Record<string, string | string[] | undefined>>): string {
  const pairs = Object.entries(search).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs).toString();
}

export default async function FleetPage({ searchParams }: Props) {
  const filter = readFleetQuery(queryOf(await searchParams));
  await signedIn(paths.fleet(filter));
  const { client, queryClient } = await visitor();
  await queryClient.prefetchQuery(fleetQuery(client, writeFleetQuery(filter)));
  return (
    <HydrationBoundary state={await dehydrated()}>
      <FleetView />
    </HydrationBoundary>
  );
}
