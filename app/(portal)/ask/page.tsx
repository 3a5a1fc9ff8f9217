import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { AskView } from "#app/ask/ask-view.tsx";
import { readAskQuery } from "#app/ask/query.ts";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { NoPermission } from "#app/shell/no-permission.tsx";

export const metadata: Metadata = { title: "Ask the fleet" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function AskRoute({ searchParams }: Props) {
  const query = readAskQuery(await searchParams);
  const me = await signedIn(paths.ask(query?.text, query?.when));
  if (!me.may["ask.answer"]) return <NoPermission procedure="ask.answer" />;
  const { queryClient, trpc } = await visitor();
  if (query !== null) await queryClient.prefetchQuery(trpc.ask.answer.queryOptions(query));
  return (
    <HydrationBoundary state={await dehydrated()}>
      <AskView query={query} key={`${query?.text} ${query?.when}`} />
    </HydrationBoundary>
  );
}
