import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { visitor } from "#app/caller.ts";
import { paths } from "#app/paths.ts";
import { SetupPage } from "#app/setup/setup-page.tsx";

export const metadata: Metadata = { title: "Set up" };

/** Only while nobody exists; afterwards this page is the sign-in page. */
export default async function SetupRoute() {
  const { client } = await visitor();
  if (!(await client.setup.status.query()).needsAdmin) redirect(paths.signIn());
  return <SetupPage />;
}
