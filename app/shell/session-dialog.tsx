"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { isRefused } from "#app/refusal.ts";
import { SignInForm } from "#app/sign-in/sign-in-form.tsx";
import { Dialog } from "#app/ui/dialog.tsx";
import { useMe, useWords } from "#app/viewer.tsx";

/**
 * A session that ended under an open page is renewed in place: the page stays mounted, so what was typed is still there
 * (WCAG 2.2.1, decisions.md "expired session keeps the form").
 */
export function SessionDialog() {
  const [open, setOpen] = useState(false);
  const me = useMe();
  const { t } = useWords();
  const queryClient = useQueryClient();
  useEffect(() => {
    const ended = (error: unknown) => {
      if (isRefused(error, "not-signed-in")) setOpen(true);
    };
    const stopQueries = queryClient.getQueryCache().subscribe((event) => {
      if (event.type === "updated" && event.action.type === "error") ended(event.action.error);
    });
    const stopMutations = queryClient.getMutationCache().subscribe((event) => {
      if (event.type === "updated" && event.action.type === "error") ended(event.action.error);
    });
    return () => {
      stopQueries();
      stopMutations();
    };
  }, [queryClient]);
  const renewed = useMutation({
    mutationFn: async () => {
      setOpen(false);
      await queryClient.invalidateQueries();
    },
  });
  return (
    <Dialog open={open} onOpenChange={setOpen} title={t("session.title")}>
      <p className="t2">{t("session.body", { email: me.email })}</p>
      <SignInForm email={me.email} onSignedIn={() => renewed.mutate()} />
    </Dialog>
  );
}
