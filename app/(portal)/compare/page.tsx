import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { CompareView } from "#app/compare/compare-view.tsx";
import { sidesInput } from "#app/compare/input.ts";
import { readCompareQuery } from "#app/compare/query.ts";
import { paths } from "#app/paths.ts";
import { NoPermission } from "#app/shell/no-permission.tsx";

export const metadata: Metadata = { title: "Compare" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function CompareRoute({ searchParams }: Props) {
  const query = readCompareQuery(await searchParams);
  const me = await signedIn(paths.compare(query.a, query.b));
  if (!me.may["compare.sides"]) return <NoPermission procedure="compare.sides" />;
  const { queryClient, trpc } = await visitor();
  const input = sidesInput(query);
  if (input !== null) await queryClient.prefetchQuery(trpc.compare.sides.queryOptions(input));
  return (
    <HydrationBoundary state={await dehydrated()}>
      <CompareView query={query} />
    </HydrationBoundary>
  );
}
