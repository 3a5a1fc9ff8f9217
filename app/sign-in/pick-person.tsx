"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { auth } from "#app/auth.ts";
import { unwrap } from "#app/auth-problem.ts";
import type { Front } from "#app/data.ts";
import { Banner } from "#app/ui/banner.tsx";
import { Button } from "#app/ui/button.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import { AuthProblemText } from "./auth-problem-text.tsx";
import { Gate } from "./gate.tsx";
import { SignInForm } from "./sign-in-form.tsx";

/** Where the installation is open, whoever comes says who they are; the rights are those of the person they pick. */
export function PickPerson({ front, next }: { front: Front; next: string }) {
  const { t } = useWords();
  const say = useSay();
  const [withPassword, setWithPassword] = useState(front.people.length === 0);
  const enter = () => window.location.assign(next);
  const pick = useMutation({
    mutationFn: async (userId: string) =>
      unwrap(await auth.$fetch<{ userId: string }>("/sign-in/open", { method: "POST", body: { userId } })),
    onSuccess: enter,
  });
  return (
    <Gate title={t("front.pickTitle")} intro={t("front.pickIntro")}>
      {front.bannerText !== null && <Banner>{front.bannerText}</Banner>}
      {withPassword ? (
        <SignInForm onSignedIn={enter} />
      ) : (
        <>
          <ul className="pick">
            {front.people.map(({ userId, name, membership }) => (
              <li key={userId}>
                <button type="button" disabled={pick.isPending} onClick={() => pick.mutate(userId)}>
                  <b>
                    <bdi>{name}</bdi>
                  </b>
                  <span>
                    {say.word("role", membership.role)}, <bdi>{membership.scope.name}</bdi>
                  </span>
                </button>
              </li>
            ))}
          </ul>
          <AuthProblemText error={pick.error} />
          <Button look="bare" onClick={() => setWithPassword(true)}>
            {t("front.withPassword")}
          </Button>
        </>
      )}
    </Gate>
  );
}
