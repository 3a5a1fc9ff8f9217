"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { refusalOf } from "#app/refusal.ts";
import { useTRPC } from "#app/trpc.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useWords } from "#app/viewer.tsx";
import type { ScannerPage } from "#server/scanner/view.ts";
import { changedLabels, formOfLabels, labelsSchema } from "./labels.ts";
import { FormActs, ReasonField } from "./reason-field.tsx";
import { useDone } from "./use-act.ts";

const TEXTS = [
  { name: "alias", label: "labels.alias" },
  { name: "model", label: "labels.model" },
  { name: "hardwareRevision", label: "keep.revision" },
  { name: "room", label: "keep.room" },
] as const;

/** Lives as long as the dialog is open and compares with what it was opened with, whatever a nudge brings meanwhile. */
export function LabelsForm({ scanner, close }: { scanner: ScannerPage; close: () => void }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const [was] = useState(scanner);
  const form = useZodForm(labelsSchema, { defaultValues: formOfLabels(was) });
  const rename = useMutation(trpc.scanner.rename.mutationOptions(useDone(close)));
  const { errors } = form.formState;
  const { scannerId, serial, may } = was;
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
      <div className="two-col">
        {TEXTS.map(({ name, label }) => (
          <Field
            key={name}
            optional
            label={t(label)}
            autoComplete="off"
            dir="auto"
            problem={errors[name]?.message}
            {...form.register(name)}
          />
        ))}
      </div>
      <Field
        optional
        label={t("keep.tags")}
        hint={t("keep.tagsHint")}
        autoComplete="off"
        dir="auto"
        problem={errors.tags?.message}
        {...form.register("tags")}
      />
      <ReasonField problem={errors.reason?.message} {...form.register("reason")} />
      {rename.error !== null && <ProblemText problem={refusalOf(rename.error)} />}
      <FormActs close={close} act={t("labels.save", { serial })} busy={rename.isPending} />
    </form>
  );
}
