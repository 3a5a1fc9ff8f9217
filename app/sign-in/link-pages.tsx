"use client";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import type { Problem } from "#app/refusal.ts";
import { ProblemText } from "#app/ui/data-state.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { InvitationView } from "#server/person/view.ts";
import { AcceptForm, ResetForm } from "./account-form.tsx";
import { Gate } from "./gate.tsx";

export function InvitationPage({ token, invitation }: { token: string; invitation: InvitationView }) {
  const { t } = useWords();
  const say = useSay();
  const { email, role, scopeName, organisationName } = invitation;
  return (
    <Gate
      title={t("invite.title", { organisation: organisationName })}
      intro={<bdi>{t("invite.body", { email, role: say.word("role", role), scope: scopeName })}</bdi>}
    >
      <AcceptForm token={token} />
    </Gate>
  );
}

/** A link that is used, revoked, expired or invented says which, and what to do is the same. */
export function DeadLinkPage({ problem }: { problem: Problem }) {
  const { t } = useWords();
  return (
    <Gate title={t("invite.dead")}>
      <ProblemText problem={problem} />
      <Link className="btn" href={paths.signIn()}>
        {t("signIn.title")}
      </Link>
    </Gate>
  );
}

export function ResetPage({ token }: { token: string }) {
  const { t } = useWords();
  return (
    <Gate title={t("reset.title")} intro={t("reset.body")}>
      <ResetForm token={token} />
    </Gate>
  );
}
