"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { refusalOf } from "#app/refusal.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Dialog } from "#app/ui/dialog.tsx";
import { Field, SelectField, TextField } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { ScannerPage } from "#server/scanner/view.ts";
import { CHOOSABLE, changedLabels, formOfLabels, labelsSchema } from "./labels.ts";

/** What people call a scanner and whether it is in service, in one dialog. */
export function EditLabels({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const title = t("labels.edit", { serial: scanner.serial });
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <bdi>{title}</bdi>
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={<bdi>{title}</bdi>}>
        <LabelsForm scanner={scanner} close={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

/** Lives as long as the dialog is open and compares with what it was opened with, whatever a nudge brings meanwhile. */
function LabelsForm({ scanner, close }: { scanner: ScannerPage; close: () => void }) {
  const { t } = useWords();
  const say = useSay();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [was] = useState(scanner);
  const form = useZodForm(labelsSchema, { defaultValues: formOfLabels(was) });
  const rename = useMutation(
    trpc.scanner.rename.mutationOptions({
      onSuccess: () => {
        close();
        return queryClient.invalidateQueries();
      },
    }),
  );
  const { errors } = form.formState;
  const { scannerId, serial, service, may } = was;
  const send = form.handleSubmit((values) =>
    rename.mutate({ scannerId, reason: values.reason, ...changedLabels(was, values) }),
  );
  return (
    <form className="form wide" noValidate onSubmit={send}>
      {may.serial && (
        <Field
          label={t("labels.serial")}
          hint={t("labels.serialHint")}
          autoComplete="off"
          problem={errors.serial?.message}
          {...form.register("serial")}
        />
      )}
      <Field
        optional
        label={t("labels.alias")}
        autoComplete="off"
        problem={errors.alias?.message}
        {...form.register("alias")}
      />
      <Field
        optional
        label={t("labels.model")}
        autoComplete="off"
        problem={errors.model?.message}
        {...form.register("model")}
      />
      <SelectField
        label={t("labels.service")}
        hint={t("labels.serviceHint")}
        problem={errors.service?.message}
        {...form.register("service")}
      >
        {[...CHOOSABLE, ...(service === "retired" ? [service] : [])].map((one) => (
          <option key={one} value={one}>
            {say.word("service", one)}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t("form.reason")}
        hint={t("form.reasonHint")}
        problem={errors.reason?.message}
        {...form.register("reason")}
      />
      {rename.error !== null && <ProblemText problem={refusalOf(rename.error)} />}
      <div className="actions">
        <Button onClick={close}>{t("dialog.cancel")}</Button>
        <Button look="ink" type="submit" busy={rename.isPending}>
          {t("labels.save", { serial })}
        </Button>
      </div>
    </form>
  );
}
