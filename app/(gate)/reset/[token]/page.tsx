import type { Metadata } from "next";
import { ResetPage } from "#app/sign-in/link-pages.tsx";

export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

/** Whether the link still holds is told when it is used: looking at it must not tell a stranger which links exist. */
export default async function ResetRoute({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  return <ResetPage token={token} />;
}
