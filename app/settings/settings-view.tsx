"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import * as z from "zod";
import { auth } from "#app/auth.ts";
import { unwrap } from "#app/auth-problem.ts";
import { ShortcutSwitch } from "#app/keyboard.tsx";
import { refusalOf } from "#app/refusal.ts";
import { PASSWORD_MIN, rules } from "#app/setup/rules.ts";
import { Header } from "#app/shell/header.tsx";
import { PreferenceSwitch } from "#app/shell/user-menu.tsx";
import { AuthProblemText } from "#app/sign-in/auth-problem-text.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { ZoneField } from "#app/ui/zone-field.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import { Passkeys } from "./passkeys.tsx";
import { TwoFactor } from "./two-factor.tsx";

export function SettingsView() {
  const { t } = useWords();
  const me = useMe();
  return (
    <>
      <Header crumbs={[{ label: t("settings.title") }]} />
      <main id="content" tabIndex={-1} className="page">
        <div>
          <h1>{t("settings.title")}</h1>
          <p className="intro">
            <bdi>
              {me.name}, {me.email}
            </bdi>
          </p>
        </div>
        <section>
          <div className="sec">
            <h2>{t("settings.view")}</h2>
          </div>
          <div className="two-col">
            <PreferenceSwitch name="theme" />
            <PreferenceSwitch name="locale" />
            <PreferenceSwitch name="times" />
          </div>
          <ZoneForm />
          <ShortcutSwitch />
        </section>
        <PasswordForm />
        <TwoFactor />
        <Passkeys />
      </main>
    </>
  );
}

const zoneSchema = z.object({ timeZone: rules.timeZone });

function ZoneForm() {
  const { t } = useWords();
  const trpc = useTRPC();
  const router = useRouter();
  const { preferences } = useMe();
  const form = useZodForm(zoneSchema, { defaultValues: { timeZone: preferences.timeZone } });
  const set = useMutation(trpc.session.setPreferences.mutationOptions({ onSuccess: () => router.refresh() }));
  return (
    <form className="form" noValidate onSubmit={form.handleSubmit((values) => set.mutate(values))}>
      <ZoneField
        label={t("settings.zone")}
        hint={t("setup.zoneHint")}
        problem={form.formState.errors.timeZone?.message}
        {...form.register("timeZone")}
      />
      {set.error !== null && <ProblemText problem={refusalOf(set.error)} />}
      <div className="row-wrap">
        <Button type="submit" busy={set.isPending}>
          {t("form.save")}
        </Button>
        <span role="status" className="saved">
          {set.isSuccess && t("form.saved")}
        </span>
      </div>
    </form>
  );
}

const passwordSchema = z.object({
  currentPassword: z.string().min(1, "form.missing"),
  newPassword: rules.password,
});

function PasswordForm() {
  const { t } = useWords();
  const form = useZodForm(passwordSchema, { defaultValues: { currentPassword: "", newPassword: "" } });
  const change = useMutation({
    mutationFn: async (values: z.output<typeof passwordSchema>) =>
      unwrap(await auth.changePassword({ ...values, revokeOtherSessions: true })),
    onSuccess: () => form.reset(),
  });
  const { errors } = form.formState;
  return (
    <section>
      <div className="sec">
        <h2>{t("settings.password")}</h2>
      </div>
      <form className="form" noValidate onSubmit={form.handleSubmit((values) => change.mutate(values))}>
        <Field
          label={t("settings.current")}
          type="password"
          autoComplete="current-password"
          problem={errors.currentPassword?.message}
          {...form.register("currentPassword")}
        />
        <Field
          label={t("reset.new")}
          type="password"
          autoComplete="new-password"
          hint={t("setup.passwordHint", { min: PASSWORD_MIN })}
          problem={errors.newPassword?.message}
          {...form.register("newPassword")}
        />
        <AuthProblemText error={change.error} />
        <div className="row-wrap">
          <Button type="submit" busy={change.isPending}>
            {t("settings.changePassword")}
          </Button>
          <span role="status" className="saved">
            {change.isSuccess && t("settings.changed")}
          </span>
        </div>
      </form>
    </section>
  );
}
