"use client";
import { useMutation } from "@tanstack/react-query";
import * as z from "zod";
import { auth } from "#app/auth.ts";
import { unwrap } from "#app/auth-problem.ts";
import { paths } from "#app/paths.ts";
import { refusalOf } from "#app/refusal.ts";
import { PASSWORD_MIN, rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useWords } from "#app/viewer.tsx";
import { AuthProblemText } from "./auth-problem-text.tsx";
import { useFirstSignIn } from "./first-sign-in.ts";

const acceptSchema = z.object({ name: rules.name, password: rules.password });
const resetSchema = z.object({ password: rules.password });

/** The last step of an invitation: a name and a password of one's own. */
export function AcceptForm({ token }: { token: string }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const signIn = useFirstSignIn();
  const form = useZodForm(acceptSchema, { defaultValues: { name: "", password: "" } });
  const accept = useMutation(
    trpc.invitation.accept.mutationOptions({
      onSuccess: ({ email }, { password }) => signIn.mutate({ email, password }),
    }),
  );
  const { errors } = form.formState;
  return (
    <form
      className="form"
      noValidate
      onSubmit={form.handleSubmit((values) => accept.mutate({ token, ...values }))}
    >
      <Field
        label={t("setup.name")}
        autoComplete="name"
        problem={errors.name?.message}
        {...form.register("name")}
      />
      <Field
        label={t("signIn.password")}
        type="password"
        autoComplete="new-password"
        hint={t("setup.passwordHint", { min: PASSWORD_MIN })}
        problem={errors.password?.message}
        {...form.register("password")}
      />
      {accept.error !== null && <ProblemText problem={refusalOf(accept.error)} />}
      <AuthProblemText error={signIn.error} />
      <Button look="ink" type="submit" busy={accept.isPending || signIn.isPending}>
        {t("invite.do")}
      </Button>
    </form>
  );
}

/** The holder of a reset link sets a new password; second factor and passkeys are gone afterwards. */
export function ResetForm({ token }: { token: string }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const signIn = useMutation({
    mutationFn: async (values: { email: string; password: string }) =>
      unwrap(await auth.signIn.email(values)),
    onSuccess: () => window.location.assign(paths.home),
  });
  const form = useZodForm(resetSchema, { defaultValues: { password: "" } });
  const reset = useMutation(
    trpc.invitation.resetPassword.mutationOptions({
      onSuccess: ({ email }, { password }) => signIn.mutate({ email, password }),
    }),
  );
  return (
    <form
      className="form"
      noValidate
      onSubmit={form.handleSubmit((values) => reset.mutate({ token, ...values }))}
    >
      <Field
        label={t("reset.new")}
        type="password"
        autoComplete="new-password"
        hint={t("setup.passwordHint", { min: PASSWORD_MIN })}
        problem={form.formState.errors.password?.message}
        {...form.register("password")}
      />
      {reset.error !== null && <ProblemText problem={refusalOf(reset.error)} />}
      <AuthProblemText error={signIn.error} />
      <Button look="ink" type="submit" busy={reset.isPending || signIn.isPending}>
        {t("reset.do")}
      </Button>
    </form>
  );
}
