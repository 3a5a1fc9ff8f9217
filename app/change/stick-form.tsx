"use client";
import { useMutation } from "@tanstack/react-query";
import * as z from "zod";
import { FormActs, ReasonField } from "#app/keeping/reason-field.tsx";
import { useDone } from "#app/keeping/use-act.ts";
import { fieldMoment, fieldText } from "#app/past/moment.ts";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { serverNow, useAbsolute, useViewer, useWords, useZone } from "#app/viewer.tsx";
import type { ChangeView } from "#server/change/view.ts";

/** Why, and until when: at most as long as the change may wait, which is also what the field begins with. */
export function StickForm({ change, close }: { change: ChangeView; close: () => void }) {
  const { t } = useWords();
  const { renderedAtMs } = useViewer();
  const trpc = useTRPC();
  const zone = useZone(change.timeZone);
  const absolute = useAbsolute(change.timeZone);
  const { changeId, notAfterMs } = change;
  const end = fieldText(notAfterMs, zone);
  /** The field knows whole minutes; untouched it means the end itself. */
  const momentOf = (text: string) => (text === end ? notAfterMs : fieldMoment(text, zone));
  const until = z.string().refine((text) => {
    const ms = momentOf(text);
    return ms !== null && ms > serverNow(renderedAtMs) && ms <= notAfterMs;
  }, "form.carryUntil");
  const form = useZodForm(z.object({ until, reason: rules.reason }), {
    defaultValues: { until: end, reason: "" },
  });
  const carry = useMutation(trpc.change.carry.mutationOptions(useDone(close)));
  const { errors } = form.formState;
  const send = form.handleSubmit(({ until: text, reason }) =>
    carry.mutate({ changeId, reason, untilMs: text === end ? null : fieldMoment(text, zone) }),
  );
  return (
    <form className="form wide" noValidate onSubmit={send}>
      <p className="t2" suppressHydrationWarning>
        {t("carry.dialogBody", { time: absolute(notAfterMs) })}
      </p>
      <ReasonField problem={errors.reason?.message} {...form.register("reason")} />
      <Field
        type="datetime-local"
        label={t("carry.until", { zone })}
        hint={t("carry.untilHint")}
        problem={errors.until?.message}
        max={end}
        {...form.register("until")}
      />
      {carry.error !== null && <ProblemText problem={refusalOf(carry.error)} />}
      <FormActs close={close} act={t("carry.act")} busy={carry.isPending} />
    </form>
  );
}
