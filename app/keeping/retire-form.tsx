"use client";
import { useMutation } from "@tanstack/react-query";
import * as z from "zod";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useWords } from "#app/viewer.tsx";
import type { ScannerPage } from "#server/scanner/view.ts";
import { FormActs, ReasonField } from "./reason-field.tsx";
import { useDone } from "./use-act.ts";

const schema = z.object({ serial: z.string().trim().min(1, "form.missing"), reason: rules.reason });

/** The serial is typed, so that it is read: two scanners of a ward differ in one digit. */
export function RetireForm({ scanner, close }: { scanner: ScannerPage; close: () => void }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const form = useZodForm(schema, { defaultValues: { serial: "", reason: "" } });
  const retire = useMutation(trpc.scanner.retire.mutationOptions(useDone(close)));
  const { scannerId, serial } = scanner;
  const { errors } = form.formState;
  const typed = form.watch("serial").trim();
  const differs = typed !== "" && typed !== serial ? t("keep.serialDiffers", { serial }) : undefined;
  return (
    <form
      className="form wide"
      noValidate
      onSubmit={form.handleSubmit((values) => retire.mutate({ scannerId, ...values }))}
    >
      <p className="t2">{t("keep.retireBody")}</p>
      <Field
        label={t("keep.typeSerial")}
        autoComplete="off"
        spellCheck={false}
        problem={errors.serial?.message ?? differs}
        {...form.register("serial")}
      />
      <ReasonField problem={errors.reason?.message} {...form.register("reason")} />
      {retire.error !== null && <ProblemText problem={refusalOf(retire.error)} />}
      <FormActs close={close} act={t("keep.retireDo", { serial })} busy={retire.isPending} />
    </form>
  );
}
