import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentFront, currentMe, visitor } from "#app/caller.ts";
import { paths, safeNext } from "#app/paths.ts";
import { PickPerson } from "#app/sign-in/pick-person.tsx";
import { SignInPage } from "#app/sign-in/sign-in-page.tsx";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<{ next?: string | string[] }> };

export default async function SignInRoute({ searchParams }: Props) {
  const { next } = await searchParams;
  const target = safeNext(Array.isArray(next) ? next[0] : next);
  if ((await currentMe()) !== null) redirect(target);
  const { client } = await visitor();
  if ((await client.setup.status.query()).needsAdmin) redirect(paths.setup);
  const front = await currentFront();
  return front.signInOpen ? <PickPerson front={front} next={target} /> : <SignInPage next={target} />;
}
