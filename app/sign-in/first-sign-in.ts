"use client";
import { useMutation } from "@tanstack/react-query";
import { auth } from "#app/auth.ts";
import { unwrap } from "#app/auth-problem.ts";
import { paths } from "#app/paths.ts";
import { useTRPCClient } from "#app/trpc.tsx";
import { useViewer } from "#app/viewer.tsx";

/** Signs a new person in and keeps the zone of their browser and the language they were just reading as their preferences. */
export function useFirstSignIn() {
  const client = useTRPCClient();
  const { locale } = useViewer().preferences;
  return useMutation({
    mutationFn: async (values: { email: string; password: string }) => {
      unwrap(await auth.signIn.email(values));
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      await client.session.setPreferences.mutate({ locale, timeZone });
    },
    onSuccess: () => window.location.assign(paths.home),
  });
}
