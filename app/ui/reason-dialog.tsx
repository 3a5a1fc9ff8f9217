"use client";
import * as z from "zod";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useWords } from "#app/viewer.tsx";
import { Button } from "./button.tsx";
import { ProblemText } from "./data-state.tsx";
import { Dialog } from "./dialog.tsx";
import { TextField } from "./field.tsx";
import { useZodForm } from "./form.ts";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  body: string;
  /** Label of the act: what it does, and to what. */
  act: string;
  problem: unknown;
  busy: boolean;
  onReason: (reason: string) => void;
};

const schema = z.object({ reason: rules.reason });

/** An act that takes something away asks for the reason; the reason is kept in the audit log. */
export function ReasonDialog({ open, onOpenChange, title, body, act, problem, busy, onReason }: Props) {
  const { t } = useWords();
  const form = useZodForm(schema, { defaultValues: { reason: "" } });
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={<bdi>{title}</bdi>}>
      <p className="t2">{body}</p>
      <form className="form wide" noValidate onSubmit={form.handleSubmit(({ reason }) => onReason(reason))}>
        <TextField
          label={t("form.reason")}
          hint={t("form.reasonHint")}
          problem={form.formState.errors.reason?.message}
          {...form.register("reason")}
        />
        {problem !== null && <ProblemText problem={refusalOf(problem)} />}
        <div className="actions">
          <Button onClick={() => onOpenChange(false)}>{t("dialog.cancel")}</Button>
          <Button look="ink" type="submit" busy={busy}>
            {act}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
