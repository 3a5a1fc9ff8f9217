import type { Metadata } from "next";
import { visitor } from "#app/caller.ts";
import { type Problem, refusalOf } from "#app/refusal.ts";
import { DeadLinkPage, InvitationPage } from "#app/sign-in/link-pages.tsx";
import type { InvitationView } from "#server/person/view.ts";

export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

type Props = { params: Promise<{ token: string }> };
type Inspected = { invitation: InvitationView } | { problem: Problem };

export default async function InvitationRoute({ params }: Props) {
  const { token } = await params;
  const found = await inspect(token);
  return "problem" in found ? (
    <DeadLinkPage problem={found.problem} />
  ) : (
    <InvitationPage token={token} invitation={found.invitation} />
  );
}

async function inspect(token: string): Promise<Inspected> {
  const { client } = await visitor();
  try {
    return { invitation: await client.invitation.inspect.query({ token }) };
  } catch (error) {
    const problem = refusalOf(error);
    if (problem.kind === "refused") return { problem };
    throw error;
  }
}
