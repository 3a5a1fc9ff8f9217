import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { AuditView } from "#app/audit/audit-view.tsx";
import { readAuditQuery } from "#app/audit/query.ts";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { NoPermission } from "#app/shell/no-permission.tsx";

export const metadata: Metadata = { title: "Audit" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function AuditRoute({ searchParams }: Props) {
  const query = readAuditQuery(await searchParams);
  const me = await signedIn(paths.audit(query.scannerId));
  if (!me.may["audit.list"]) return <NoPermission procedure="audit.list" />;
  const { queryClient, trpc } = await visitor();
  await queryClient.prefetchQuery(trpc.audit.list.queryOptions(query));
  return (
    <HydrationBoundary state={await dehydrated()}>
      <AuditView query={query} />
    </HydrationBoundary>
  );
}
