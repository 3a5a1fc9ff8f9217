"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import QRCode from "qrcode";
import * as z from "zod";
import { auth } from "#app/auth.ts";
import { AuthRefusal, unwrap } from "#app/auth-problem.ts";
import { AuthProblemText } from "#app/sign-in/auth-problem-text.tsx";
import { Button } from "#app/ui/button.tsx";
import { CopyField } from "#app/ui/copy.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useMe, useWords } from "#app/viewer.tsx";

const passwordSchema = z.object({ password: z.string().min(1, "form.missing") });
const codeSchema = z.object({ code: z.string().trim().min(1, "form.missing") });

type Enrolment = { totpURI: string; backupCodes: string[]; picture: string };

/** Turning the second factor on is finished only when a code of it was accepted once. */
export function TwoFactor() {
  const { t } = useWords();
  const { twoFactorEnabled } = useMe();
  const router = useRouter();
  const form = useZodForm(passwordSchema, { defaultValues: { password: "" } });
  const enable = useMutation({
    mutationFn: async ({ password }: { password: string }): Promise<Enrolment> => {
      const enabled = unwrap(await auth.twoFactor.enable({ password }));
      if (enabled.method !== "totp") throw new AuthRefusal({ status: 500, message: enabled.method });
      const { totpURI, backupCodes } = enabled;
      return { totpURI, backupCodes, picture: await QRCode.toDataURL(totpURI, { margin: 2, width: 232 }) };
    },
    onSuccess: () => form.reset(),
  });
  const disable = useMutation({
    mutationFn: async ({ password }: { password: string }) =>
      unwrap(await auth.twoFactor.disable({ password })),
    onSuccess: () => {
      form.reset();
      router.refresh();
    },
  });
  const act = twoFactorEnabled ? disable : enable;
  const pending = !twoFactorEnabled && enable.data !== undefined;
  return (
    <section>
      <div className="sec">
        <h2>{t("twoFactor.title")}</h2>
      </div>
      <p className="t2">{t(twoFactorEnabled ? "twoFactor.on" : "twoFactor.off")}</p>
      {pending ? (
        <Confirm enrolment={enable.data} />
      ) : (
        <form className="form" noValidate onSubmit={form.handleSubmit((values) => act.mutate(values))}>
          <Field
            label={t("settings.current")}
            type="password"
            autoComplete="current-password"
            problem={form.formState.errors.password?.message}
            {...form.register("password")}
          />
          <AuthProblemText error={act.error} />
          <div>
            <Button type="submit" busy={act.isPending}>
              {t(twoFactorEnabled ? "twoFactor.disable" : "twoFactor.enable")}
            </Button>
          </div>
        </form>
      )}
    </section>
  );
}

function Confirm({ enrolment: { totpURI, backupCodes, picture } }: { enrolment: Enrolment }) {
  const { t } = useWords();
  const router = useRouter();
  const form = useZodForm(codeSchema, { defaultValues: { code: "" } });
  const verify = useMutation({
    mutationFn: async ({ code }: { code: string }) =>
      unwrap(await auth.twoFactor.verifyTotp({ code: code.replace(/\s/g, "") })),
    onSuccess: () => router.refresh(),
  });
  return (
    <div className="form">
      <p>{t("twoFactor.scan")}</p>
      {/* biome-ignore lint/performance/noImgElement: a data URL has nothing for an image server to optimise */}
      <img src={picture} width={232} height={232} alt={t("twoFactor.qr")} className="qr" />
      <CopyField text={new URL(totpURI).searchParams.get("secret") ?? totpURI} label={t("twoFactor.key")} />
      <p>{t("twoFactor.backup")}</p>
      <CopyField text={backupCodes.join("\n")} label={t("twoFactor.backup")} />
      <form className="form" noValidate onSubmit={form.handleSubmit((values) => verify.mutate(values))}>
        <Field
          label={t("code.totp")}
          inputMode="numeric"
          autoComplete="one-time-code"
          problem={form.formState.errors.code?.message}
          {...form.register("code")}
        />
        <AuthProblemText error={verify.error} />
        <div>
          <Button type="submit" busy={verify.isPending}>
            {t("twoFactor.verify")}
          </Button>
        </div>
      </form>
    </div>
  );
}
