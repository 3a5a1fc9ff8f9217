"use client";
import type { ComponentPropsWithRef } from "react";
import { Button } from "#app/ui/button.tsx";
import { TextField } from "#app/ui/field.tsx";
import { useWords } from "#app/viewer.tsx";

/** Every act asks for its reason; it stands in the log. */
export function ReasonField({
  problem,
  ...area
}: { problem: string | undefined } & ComponentPropsWithRef<"textarea">) {
  const { t } = useWords();
  return <TextField label={t("form.reason")} hint={t("form.reasonHint")} problem={problem} {...area} />;
}

type ActsProps = { close: () => void; act: string; busy: boolean; disabledReason?: string | null };

/** The two buttons below every form: the one that says what it will do, and the one that does nothing. */
export function FormActs({ close, act, busy, disabledReason = null }: ActsProps) {
  const { t } = useWords();
  return (
    <div className="actions">
      <Button onClick={close}>{t("dialog.cancel")}</Button>
      <Button look="ink" type="submit" busy={busy} disabledReason={disabledReason}>
        <bdi>{act}</bdi>
      </Button>
    </div>
  );
}
