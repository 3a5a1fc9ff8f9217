import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { ChangePageView } from "#app/change/change-view.tsx";
import { changeIdSchema } from "#app/change/query.ts";
import { paths } from "#app/paths.ts";
import { isRefused } from "#app/refusal.ts";
import { NoPermission } from "#app/shell/no-permission.tsx";

export const metadata: Metadata = { title: "Change" };

type Props = { params: Promise<{ id: string }> };

export default async function ChangeRoute({ params }: Props) {
  const { id } = await params;
  const me = await signedIn(paths.change(id));
  if (!me.may["change.get"]) return <NoPermission procedure="change.get" />;
  const changeId = changeIdSchema.safeParse(id);
  if (!changeId.success) notFound();
  const { queryClient, trpc } = await visitor();
  try {
    await queryClient.fetchQuery(trpc.change.get.queryOptions({ changeId: changeId.data }));
  } catch (error) {
    if (isRefused(error, "not-found")) notFound();
    throw error;
  }
  return (
    <HydrationBoundary state={await dehydrated()}>
      <ChangePageView changeId={changeId.data} />
    </HydrationBoundary>
  );
}
