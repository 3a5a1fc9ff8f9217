import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { isRefused } from "#app/refusal.ts";
import { RollbackView } from "#app/rollback/rollback-view.tsx";
import { NoPermission } from "#app/shell/no-permission.tsx";
import { type ScannerId, scannerIdSchema } from "#core/identity/identity.ts";

export const metadata: Metadata = { title: "Roll back" };

type Props = { params: Promise<{ id: string }> };

export default async function RollbackRoute({ params }: Props) {
  const { id } = await params;
  await signedIn(paths.rollback(id));
  const parsed = scannerIdSchema.safeParse(id);
  if (!parsed.success) notFound();
  const scannerId = parsed.data;
  const scanner = await readScanner(scannerId);
  if (!scanner.may.rollback) return <NoPermission procedure="change.request" field="rollback" />;
  const { queryClient, trpc } = await visitor();
  await queryClient.prefetchQuery(trpc.change.rollbackTargets.queryOptions({ scannerId }));
  return (
    <HydrationBoundary state={await dehydrated()}>
      <RollbackView scannerId={scannerId} />
    </HydrationBoundary>
  );
}

async function readScanner(scannerId: ScannerId) {
  const { queryClient, trpc } = await visitor();
  try {
    return await queryClient.fetchQuery(trpc.scanner.get.queryOptions({ scannerId }));
  } catch (error) {
    if (isRefused(error, "not-found")) notFound();
    throw error;
  }
}
