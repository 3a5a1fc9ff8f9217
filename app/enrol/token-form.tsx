"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import * as z from "zod";
import { paths } from "#app/paths.ts";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { CopyField } from "#app/ui/copy.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Field, SelectField } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useClock, useWords } from "#app/viewer.tsx";
import { siteIdSchema } from "#core/identity/identity.ts";
import { relativeText } from "#core/time/duration.ts";
import type { CreatedToken } from "#server/enrolment/view.ts";
import type { SiteRow } from "#server/site/view.ts";

const label = z.string().trim().max(120, "form.tooLong|max=120");
const schema = z.object({
  siteId: siteIdSchema,
  serial: z.literal("").or(rules.serial),
  alias: label,
  model: label,
});

/** Creates the one-time token and shows the command that carries it, once. */
export function TokenForm({ sites }: { sites: readonly SiteRow[] }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useZodForm(schema, {
    defaultValues: { siteId: sites[0]?.siteId ?? "", serial: "", alias: "", model: "" },
  });
  const create = useMutation(
    trpc.enrolment.createToken.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.enrolment.list.pathFilter()),
    }),
  );
  if (sites.length === 0) {
    return (
      <section>
        <p className="t2">
          {t("enrol.noSite")}{" "}
          <Link className="link inline-link" href={paths.sites}>
            {t("site.create")}
          </Link>
        </p>
      </section>
    );
  }
  const { errors } = form.formState;
  const site = sites.find(({ siteId }) => siteId === form.watch("siteId"))?.name ?? "";
  const send = form.handleSubmit(({ siteId, serial, alias, model }) =>
    create.mutate({
      siteId,
      ...(serial === "" ? {} : { serial }),
      ...(alias === "" ? {} : { alias }),
      ...(model === "" ? {} : { model }),
    }),
  );
  return (
    <>
      <section>
        <div className="sec">
          <h2>{t("enrol.step1")}</h2>
        </div>
        <form className="form wide" noValidate onSubmit={send}>
          <div className="two-col">
            <SelectField label={t("enrol.site")} {...form.register("siteId")}>
              {sites.map(({ siteId, name }) => (
                <option key={siteId} value={siteId}>
                  {name}
                </option>
              ))}
            </SelectField>
            <Field
              optional
              label={t("enrol.serial")}
              hint={t("enrol.serialHint")}
              autoComplete="off"
              problem={errors.serial?.message}
              {...form.register("serial")}
            />
            <Field
              optional
              label={t("enrol.alias")}
              autoComplete="off"
              problem={errors.alias?.message}
              {...form.register("alias")}
            />
            <Field
              optional
              label={t("enrol.model")}
              autoComplete="off"
              problem={errors.model?.message}
              {...form.register("model")}
            />
          </div>
          {create.error !== null && <ProblemText problem={refusalOf(create.error)} />}
          <div>
            <Button look="ink" type="submit" busy={create.isPending}>
              {t("enrol.create", { site })}
            </Button>
          </div>
        </form>
      </section>
      {create.data !== undefined && <Command created={create.data} />}
    </>
  );
}

/** The line to paste at the machine, as long as its token lives. */
export function Command({ created }: { created: CreatedToken }) {
  const { t, locale } = useWords();
  const { command, expiresAtMs, serverFingerprint, caFingerprint } = created;
  const expired = useClock((nowMs) => nowMs >= expiresAtMs);
  const left = useClock((nowMs) => relativeText(locale, { atMs: expiresAtMs, nowMs }));
  return (
    <section aria-live="polite">
      <div className="sec">
        <h2>{t("enrol.step2")}</h2>
        <span className="r">{expired ? t("enrol.expired") : t("enrol.expires", { time: left })}</span>
      </div>
      <CopyField text={command} label={t("enrol.command")} />
      <p className="small-print">{t("enrol.once")}</p>
      <dl className="dl">
        <dt>{t("enrol.server")}</dt>
        <dd>
          <span className="fingerprint">{serverFingerprint}</span>
          <p className="small-print">{t("enrol.serverHint")}</p>
        </dd>
        {caFingerprint !== null && (
          <>
            <dt>{t("enrol.ca")}</dt>
            <dd>
              <span className="fingerprint">{caFingerprint}</span>
              <p className="small-print">{t("enrol.caHint")}</p>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
