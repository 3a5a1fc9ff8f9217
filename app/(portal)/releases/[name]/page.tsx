import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { dehydrated, signedIn, visitor } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { isRefused } from "#app/refusal.ts";
import { ReleasePageView } from "#app/release/release-view.tsx";
import { NoPermission } from "#app/shell/no-permission.tsx";
import { releaseNameSchema } from "#core/release/release.ts";

export const metadata: Metadata = { title: "Release" };

type Props = {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function ReleaseRoute({ params, searchParams }: Props) {
  const name = decodeURIComponent((await params).name);
  const { against } = await searchParams;
  const me = await signedIn(paths.release(name));
  if (!me.may["release.get"]) return <NoPermission procedure="release.get" />;
  const parsed = releaseNameSchema.safeParse(name);
  if (!parsed.success) notFound();
  const { queryClient, trpc } = await visitor();
  try {
    await queryClient.fetchQuery(trpc.release.get.queryOptions({ name: parsed.data }));
  } catch (error) {
    if (isRefused(error, "not-found") || isRefused(error, "release-unknown")) notFound();
    throw error;
  }
  return (
    <HydrationBoundary state={await dehydrated()}>
      <ReleasePageView name={parsed.data} against={typeof against === "string" ? against : null} />
    </HydrationBoundary>
  );
}
