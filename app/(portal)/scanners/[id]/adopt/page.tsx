import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AdoptView } from "#app/adopt/adopt-view.tsx";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { isRefused } from "#app/refusal.ts";
import { NoPermission } from "#app/shell/no-permission.tsx";
import { scannerIdSchema } from "#core/identity/identity.ts";

export const metadata: Metadata = { title: "Adopt" };

type Props = { params: Promise<{ id: string }> };

export default async function AdoptRoute({ params }: Props) {
  const { id } = await params;
  await signedIn(paths.adopt(id));
  const parsed = scannerIdSchema.safeParse(id);
  if (!parsed.success) notFound();
  const scannerId = parsed.data;
  const scanner = await readScanner(scannerId);
  if (!scanner.may.adopt) return <NoPermission procedure="baseline.adopt" />;
  const { queryClient, trpc } = await visitor();
  await queryClient.prefetchQuery(trpc.baseline.preview.queryOptions({ scannerId }));
  return (
    <HydrationBoundary state={await dehydrated()}>
      <AdoptView scannerId={scannerId} serial={scanner.serial} timeZone={scanner.timeZone} />
    </HydrationBoundary>
  );
}

async function readScanner(scannerId: ReturnType<typeof scannerIdSchema.parse>) {
  const { client } = await visitor();
  try {
    return await client.scanner.get.query({ scannerId });
  } catch (error) {
    if (isRefused(error, "not-found")) notFound();
    throw error;
  }
}
