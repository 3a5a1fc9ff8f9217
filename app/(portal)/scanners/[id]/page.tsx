import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { isRefused } from "#app/refusal.ts";
import { ScannerView } from "#app/scanner/scanner-view.tsx";
import { scannerIdSchema } from "#core/identity/identity.ts";

type Props = { params: Promise<{ id: string }> };

export const metadata: Metadata = { title: "Scanner" };

/** A scanner of another site and one that does not exist look the same (404 for foreign = for missing). */
export default async function ScannerRoute({ params }: Props) {
  const { id } = await params;
  await signedIn(paths.scanner(id));
  const parsed = scannerIdSchema.safeParse(id);
  if (!parsed.success) notFound();
  const scannerId = parsed.data;
  const { queryClient, trpc } = await visitor();
  try {
    await queryClient.fetchQuery(trpc.scanner.get.queryOptions({ scannerId }));
  } catch (error) {
    if (isRefused(error, "not-found")) notFound();
    throw error;
  }
  await Promise.all([
    queryClient.prefetchQuery(trpc.scanner.diagram.queryOptions({ scannerId })),
    queryClient.prefetchQuery(trpc.scanner.items.queryOptions({ scannerId })),
    queryClient.prefetchQuery(trpc.scanner.siblings.queryOptions({ scannerId })),
    queryClient.prefetchQuery(trpc.scanner.closures.queryOptions({ scannerId })),
    queryClient.prefetchQuery(trpc.scanner.facts.queryOptions({ scannerId })),
  ]);
  return (
    <HydrationBoundary state={await dehydrated()}>
      <ScannerView scannerId={scannerId} />
    </HydrationBoundary>
  );
}
