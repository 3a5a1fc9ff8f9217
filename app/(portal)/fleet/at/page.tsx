import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { FleetThenView } from "#app/past/fleet-then-view.tsx";
import { readMoment } from "#app/past/moment.ts";
import { readPastFilter } from "#app/past/query.ts";
import { paths } from "#app/paths.ts";
import { NoPermission } from "#app/shell/no-permission.tsx";

export const metadata: Metadata = { title: "Fleet at a moment" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function FleetAtRoute({ searchParams }: Props) {
  const search = await searchParams;
  const atMs = readMoment(search.t);
  const filter = readPastFilter(search);
  const me = await signedIn(paths.fleetAt(atMs ?? undefined, filter));
  if (!me.may["past.fleet"]) return <NoPermission procedure="past.fleet" />;
  const { queryClient, trpc } = await visitor();
  await queryClient.prefetchQuery(trpc.past.range.queryOptions());
  return (
    <HydrationBoundary state={await dehydrated()}>
      <FleetThenView startMs={atMs} filter={filter} />
    </HydrationBoundary>
  );
}
