import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { EnrolView } from "#app/enrol/enrol-view.tsx";
import { paths } from "#app/paths.ts";
import { NoPermission } from "#app/shell/no-permission.tsx";

export const metadata: Metadata = { title: "Enrol" };

export default async function EnrolRoute() {
  const me = await signedIn(paths.enrol);
  if (!me.may["enrolment.list"]) return <NoPermission procedure="enrolment.list" />;
  const { queryClient, trpc } = await visitor();
  await Promise.all([
    queryClient.prefetchQuery(trpc.enrolment.list.queryOptions()),
    queryClient.prefetchQuery(trpc.site.list.queryOptions()),
  ]);
  return (
    <HydrationBoundary state={await dehydrated()}>
      <EnrolView />
    </HydrationBoundary>
  );
}
