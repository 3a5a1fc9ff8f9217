"use client";
import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import * as z from "zod";
import { auth } from "#app/auth.ts";
import { unwrap } from "#app/auth-problem.ts";
import { Button } from "#app/ui/button.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useWords } from "#app/viewer.tsx";
import { AuthProblemText } from "./auth-problem-text.tsx";

type Props = { email?: string; onSignedIn: () => void };

const schema = z.object({
  email: z.string().trim().min(1, "form.missing").pipe(z.email("form.email")),
  password: z.string().min(1, "form.missing"),
});

/** Password, then the second factor where one is set up; or a passkey. Pasting is allowed everywhere (WCAG 3.3.8). */
export function SignInForm({ email = "", onSignedIn }: Props) {
  const [second, setSecond] = useState(false);
  return second ? (
    <CodeForm onSignedIn={onSignedIn} />
  ) : (
    <PasswordForm {...{ email, onSignedIn }} onSecond={() => setSecond(true)} />
  );
}

function PasswordForm({
  email,
  onSignedIn,
  onSecond,
}: {
  email: string;
  onSignedIn: () => void;
  onSecond: () => void;
}) {
  const { t } = useWords();
  const form = useZodForm(schema, { defaultValues: { email, password: "" } });
  const signIn = useMutation({
    mutationFn: async (values: z.output<typeof schema>) => unwrap(await auth.signIn.email(values)),
    onSuccess: (data) => ("twoFactorRedirect" in data && data.twoFactorRedirect ? onSecond() : onSignedIn()),
  });
  const passkey = useMutation({
    mutationFn: async () => unwrap(await auth.signIn.passkey()),
    onSuccess: onSignedIn,
  });
  const { errors } = form.formState;
  return (
    <form className="form" noValidate onSubmit={form.handleSubmit((values) => signIn.mutate(values))}>
      <Field
        label={t("signIn.email")}
        type="email"
        autoComplete="username webauthn"
        problem={errors.email?.message}
        {...form.register("email")}
      />
      <Field
        label={t("signIn.password")}
        type="password"
        autoComplete="current-password"
        problem={errors.password?.message}
        {...form.register("password")}
      />
      <AuthProblemText error={signIn.error ?? passkey.error} />
      <Button look="ink" type="submit" evenWhenLost busy={signIn.isPending}>
        {t("signIn.do")}
      </Button>
      <Button icon={<KeyRound aria-hidden />} busy={passkey.isPending} onClick={() => passkey.mutate()}>
        {t("signIn.passkey")}
      </Button>
    </form>
  );
}

const codeSchema = z.object({ code: z.string().trim().min(1, "form.missing") });

function CodeForm({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useWords();
  const [kind, setKind] = useState<"totp" | "backup">("totp");
  const form = useZodForm(codeSchema, { defaultValues: { code: "" } });
  const verify = useMutation({
    mutationFn: async ({ code }: { code: string }) =>
      kind === "totp"
        ? unwrap(await auth.twoFactor.verifyTotp({ code: code.replace(/\s/g, "") }))
        : unwrap(await auth.twoFactor.verifyBackupCode({ code })),
    onSuccess: onSignedIn,
  });
  return (
    <form className="form" noValidate onSubmit={form.handleSubmit((values) => verify.mutate(values))}>
      <Field
        key={kind}
        label={t(`code.${kind}`)}
        autoComplete="one-time-code"
        inputMode={kind === "totp" ? "numeric" : "text"}
        problem={form.formState.errors.code?.message}
        {...form.register("code")}
      />
      <AuthProblemText error={verify.error} />
      <Button look="ink" type="submit" evenWhenLost busy={verify.isPending}>
        {t("code.do")}
      </Button>
      <Button look="bare" onClick={() => setKind(kind === "totp" ? "backup" : "totp")}>
        {t(kind === "totp" ? "code.useBackup" : "code.useTotp")}
      </Button>
    </form>
  );
}
