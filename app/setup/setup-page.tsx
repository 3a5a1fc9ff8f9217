"use client";
import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import * as z from "zod";
import { refusalOf } from "#app/refusal.ts";
import { AuthProblemText } from "#app/sign-in/auth-problem-text.tsx";
import { useFirstSignIn } from "#app/sign-in/first-sign-in.ts";
import { Gate } from "#app/sign-in/gate.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { ZoneField } from "#app/ui/zone-field.tsx";
import { useWords } from "#app/viewer.tsx";
import { PASSWORD_MIN, rules } from "./rules.ts";

const schema = z.object({
  name: rules.name,
  email: rules.email,
  password: rules.password,
  organisationName: rules.label,
  siteName: rules.label,
  timeZone: rules.timeZone,
});

/** The first person creates the admin account, the organisation and the first site, and is signed in. */
export function SetupPage() {
  const { t } = useWords();
  const trpc = useTRPC();
  const form = useZodForm(schema, {
    defaultValues: { name: "", email: "", password: "", organisationName: "", siteName: "", timeZone: "" },
  });
  const { setValue } = form;
  useEffect(() => {
    setValue("timeZone", Intl.DateTimeFormat().resolvedOptions().timeZone);
  }, [setValue]);
  const signIn = useFirstSignIn();
  const create = useMutation(
    trpc.setup.createAdmin.mutationOptions({
      onSuccess: (_done, { email, password }) => signIn.mutate({ email, password }),
    }),
  );
  const { errors } = form.formState;
  return (
    <Gate title={t("setup.title")} intro={t("setup.body")}>
      <form className="form" noValidate onSubmit={form.handleSubmit((values) => create.mutate(values))}>
        <Field
          label={t("setup.name")}
          autoComplete="name"
          problem={errors.name?.message}
          {...form.register("name")}
        />
        <Field
          label={t("signIn.email")}
          type="email"
          autoComplete="username"
          problem={errors.email?.message}
          {...form.register("email")}
        />
        <Field
          label={t("signIn.password")}
          type="password"
          autoComplete="new-password"
          hint={t("setup.passwordHint", { min: PASSWORD_MIN })}
          problem={errors.password?.message}
          {...form.register("password")}
        />
        <Field
          label={t("setup.organisation")}
          autoComplete="organization"
          problem={errors.organisationName?.message}
          {...form.register("organisationName")}
        />
        <Field
          label={t("setup.site")}
          hint={t("setup.siteHint")}
          problem={errors.siteName?.message}
          {...form.register("siteName")}
        />
        <ZoneField
          label={t("setup.zone")}
          hint={t("setup.zoneHint")}
          problem={errors.timeZone?.message}
          {...form.register("timeZone")}
        />
        {create.error !== null && (
          <div className="form-problem" role="alert">
            <ProblemText problem={refusalOf(create.error)} />
          </div>
        )}
        <AuthProblemText error={signIn.error} />
        <Button look="ink" type="submit" busy={create.isPending || signIn.isPending || signIn.isSuccess}>
          {t("setup.do")}
        </Button>
      </form>
    </Gate>
  );
}
