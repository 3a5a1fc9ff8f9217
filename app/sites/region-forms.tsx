"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import * as z from "zod";
import { useDone } from "#app/keeping/use-act.ts";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Dialog } from "#app/ui/dialog.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useMe, useWords } from "#app/viewer.tsx";
import type { RegionRow } from "#server/region/view.ts";

const schema = z.object({ name: rules.label });

export function CreateRegion() {
  const { t } = useWords();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useZodForm(schema, { defaultValues: { name: "" } });
  const create = useMutation(
    trpc.region.create.mutationOptions({
      onSuccess: () => {
        form.reset({ name: "" });
        return queryClient.invalidateQueries();
      },
    }),
  );
  return (
    <section>
      <div className="sec">
        <h2>{t("region.create")}</h2>
      </div>
      <form className="form wide" noValidate onSubmit={form.handleSubmit((values) => create.mutate(values))}>
        <Field
          label={t("region.name")}
          autoComplete="off"
          dir="auto"
          problem={form.formState.errors.name?.message}
          {...form.register("name")}
        />
        {create.error !== null && <ProblemText problem={refusalOf(create.error)} />}
        <div>
          <Button look="ink" type="submit" busy={create.isPending}>
            {t("region.createDo")}
          </Button>
        </div>
      </form>
    </section>
  );
}

/** Renames a region; one without sites can be removed from here too. */
export function EditRegion({ region }: { region: RegionRow }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const { may } = useMe();
  const [open, setOpen] = useState(false);
  const form = useZodForm(schema, { defaultValues: { name: region.name } });
  const after = useDone(() => setOpen(false));
  const rename = useMutation(trpc.region.rename.mutationOptions(after));
  const remove = useMutation(trpc.region.remove.mutationOptions(after));
  const { regionId, name, sites } = region;
  const problem = rename.error ?? remove.error;
  const title = t("region.edit", { name });
  const removable = may["region.remove"] && sites.open + sites.closed === 0;
  return (
    <>
      <Button look="small" aria-label={title} onClick={() => setOpen(true)}>
        {t("site.edit")}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={<bdi>{title}</bdi>}>
        <form
          className="form wide"
          noValidate
          onSubmit={form.handleSubmit((values) => rename.mutate({ regionId, ...values }))}
        >
          <Field
            label={t("region.name")}
            dir="auto"
            problem={form.formState.errors.name?.message}
            {...form.register("name")}
          />
          {problem !== null && <ProblemText problem={refusalOf(problem)} />}
          <div className="actions">
            {removable && (
              <Button busy={remove.isPending} onClick={() => remove.mutate({ regionId })}>
                {t("region.remove", { name })}
              </Button>
            )}
            <Button onClick={() => setOpen(false)}>{t("dialog.cancel")}</Button>
            <Button look="ink" type="submit" busy={rename.isPending}>
              {t("region.save", { name })}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
