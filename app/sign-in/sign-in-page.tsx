"use client";
import { useWords } from "#app/viewer.tsx";
import { Gate } from "./gate.tsx";
import { SignInForm } from "./sign-in-form.tsx";

/** A full load after signing in: the whole page, its language and its theme belong to the person now. */
export function SignInPage({ next }: { next: string }) {
  const { t } = useWords();
  return (
    <Gate title={t("signIn.title")}>
      <SignInForm onSignedIn={() => window.location.assign(next)} />
      <p className="small-print">{t("signIn.lost")}</p>
    </Gate>
  );
}
