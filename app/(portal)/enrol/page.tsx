import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { EnrolView } from "#app/enrol/enrol-view.tsx";
import { paths } from "#app/paths.ts";
import { NoPermission } from "#app/shell/no-permission.tsx";
import { scannerIdSchema } from "#core/identity/identity.ts";

export const metadata: Metadata = { title: "Enrol" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function EnrolRoute({ searchParams }: Props) {
  const replace = scannerIdSchema.safeParse((await searchParams).replace);
  const me = await signedIn(paths.enrol);
  if (!me.may["enrolment.list"]) return <NoPermission procedure="enrolment.list" />;
  const { queryClient, trpc } = await visitor();
  await Promise.all([
    queryClient.prefetchQuery(trpc.enrolment.list.queryOptions()),
    queryClient.prefetchQuery(trpc.site.list.queryOptions()),
  ]);
  return (
    <HydrationBoundary state={await dehydrated()}>
      <EnrolView replace={replace.success ? replace.data : null} />
    </HydrationBoundary>
  );
}
