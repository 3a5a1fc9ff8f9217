import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { readMoment } from "#app/past/moment.ts";
import { ScannerThenView } from "#app/past/scanner-then-view.tsx";
import { paths } from "#app/paths.ts";
import { isRefused } from "#app/refusal.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";

export const metadata: Metadata = { title: "Scanner at a moment" };

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** A scanner of another site and one that does not exist look the same. */
export default async function ScannerAtRoute({ params, searchParams }: Props) {
  const { id } = await params;
  const atMs = readMoment((await searchParams).t);
  await signedIn(paths.scannerAt(id, atMs ?? undefined));
  const scannerId = scannerIdSchema.safeParse(id);
  if (!scannerId.success) notFound();
  const { queryClient, trpc } = await visitor();
  const range = await queryClient.fetchQuery(trpc.past.range.queryOptions());
  const startMs = atMs ?? range?.toMs ?? 0;
  try {
    await queryClient.fetchQuery(
      trpc.past.scanner.queryOptions({ scannerId: scannerId.data, atMs: startMs }),
    );
  } catch (error) {
    if (isRefused(error, "not-found")) notFound();
    throw error;
  }
  return (
    <HydrationBoundary state={await dehydrated()}>
      <ScannerThenView scannerId={scannerId.data} startMs={startMs} />
    </HydrationBoundary>
  );
}
