"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId } from "react";
import * as z from "zod";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { ZoneField } from "#app/ui/zone-field.tsx";
import { useWords } from "#app/viewer.tsx";

const createSchema = z.object({
  name: rules.label,
  timeZone: rules.timeZone,
  regionName: z.string().trim().max(120, "form.tooLong|max=120"),
});

export function CreateSite({ regions }: { regions: readonly string[] }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const listId = useId();
  const form = useZodForm(createSchema, { defaultValues: { name: "", timeZone: "", regionName: "" } });
  const { setValue, reset } = form;
  useEffect(() => {
    setValue("timeZone", Intl.DateTimeFormat().resolvedOptions().timeZone);
  }, [setValue]);
  const create = useMutation(
    trpc.site.create.mutationOptions({
      onSuccess: (_done, { timeZone }) => {
        reset({ name: "", timeZone, regionName: "" });
        return queryClient.invalidateQueries();
      },
    }),
  );
  const { errors } = form.formState;
  const send = form.handleSubmit(({ name, timeZone, regionName }) =>
    create.mutate({ name, timeZone, ...(regionName === "" ? {} : { regionName }) }),
  );
  return (
    <section>
      <div className="sec">
        <h2>{t("site.create")}</h2>
      </div>
      <form className="form wide" noValidate onSubmit={send}>
        <div className="two-col">
          <Field
            label={t("site.name")}
            autoComplete="off"
            problem={errors.name?.message}
            {...form.register("name")}
          />
          <ZoneField
            label={t("site.zone")}
            hint={t("setup.zoneHint")}
            problem={errors.timeZone?.message}
            {...form.register("timeZone")}
          />
          <Field
            optional
            label={t("site.region")}
            hint={t("site.regionHint")}
            autoComplete="off"
            list={listId}
            problem={errors.regionName?.message}
            {...form.register("regionName")}
          />
          <datalist id={listId}>
            {regions.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </div>
        {create.error !== null && <ProblemText problem={refusalOf(create.error)} />}
        <div>
          <Button look="ink" type="submit" busy={create.isPending}>
            {t("site.createDo")}
          </Button>
        </div>
      </form>
    </section>
  );
}
