"use client";
import { useMutation } from "@tanstack/react-query";
import * as z from "zod";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { SelectField } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { Time } from "#app/ui/time/time.tsx";
import { serverNow, useViewer, useWords } from "#app/viewer.tsx";
import type { ScannerPage } from "#server/scanner/view.ts";
import { FormActs, ReasonField } from "./reason-field.tsx";
import { useDone } from "./use-act.ts";

const HOUR_MS = 3_600_000;
/** How long maintenance lasts; null: until somebody takes it off. */
const LASTS = {
  hours4: 4 * HOUR_MS,
  day: 24 * HOUR_MS,
  days3: 72 * HOUR_MS,
  week: 168 * HOUR_MS,
  month: 720 * HOUR_MS,
  never: null,
} as const;
type Last = keyof typeof LASTS;
const LAST_NAMES = Object.keys(LASTS) as Last[];

const ACTS = ["maintain", "out", "in"] as const;
const schema = z.object({
  act: z.enum(ACTS),
  last: z.enum(LAST_NAMES as [Last, ...Last[]]),
  reason: rules.reason,
});

const LABEL = { maintain: "keep.maintain", out: "keep.takeOut", in: "keep.putIn" } as const;

/** Marks maintenance, takes a scanner out of service, and puts it back. */
export function ServiceForm({ scanner, close }: { scanner: ScannerPage; close: () => void }) {
  const { t } = useWords();
  const { renderedAtMs } = useViewer();
  const trpc = useTRPC();
  const { scannerId, serial, service } = scanner;
  const offered = ACTS.filter((act) => act !== "in" || service !== "in-service");
  const form = useZodForm(schema, {
    defaultValues: { act: offered.includes("in") ? "in" : "maintain", last: "hours4", reason: "" },
  });
  const after = useDone(close);
  const maintain = useMutation(trpc.scanner.maintain.mutationOptions(after));
  const end = useMutation(trpc.scanner.endMaintenance.mutationOptions(after));
  const set = useMutation(trpc.scanner.setService.mutationOptions(after));
  const { errors } = form.formState;
  const act = form.watch("act") as (typeof ACTS)[number];
  const send = form.handleSubmit(({ last, reason, ...chosen }) => {
    const ask = { scannerIds: [scannerId], reason };
    const lastMs = LASTS[last];
    if (chosen.act === "maintain")
      maintain.mutate({
        ...ask,
        untilMs: lastMs === null ? null : Math.round(serverNow(renderedAtMs)) + lastMs,
      });
    else if (chosen.act === "out") set.mutate({ ...ask, service: "out-of-service" });
    else if (service === "maintenance") end.mutate(ask);
    else set.mutate({ ...ask, service: "in-service" });
  });
  const problem = maintain.error ?? end.error ?? set.error;
  const label = act === "in" && service === "maintenance" ? "keep.endMaintenance" : LABEL[act];
  return (
    <form className="form wide" noValidate onSubmit={send}>
      <Standing scanner={scanner} />
      <div className="two-col">
        <SelectField label={t("keep.act")} hint={t("keep.maintainHint")} {...form.register("act")}>
          {offered.map((one) => (
            <option key={one} value={one}>
              {t(`keep.act.${one}`)}
            </option>
          ))}
        </SelectField>
        {act === "maintain" && (
          <SelectField label={t("keep.until")} {...form.register("last")}>
            {LAST_NAMES.map((one) => (
              <option key={one} value={one}>
                {t(`keep.after.${one}`)}
              </option>
            ))}
          </SelectField>
        )}
      </div>
      <ReasonField problem={errors.reason?.message} {...form.register("reason")} />
      {problem !== null && <ProblemText problem={refusalOf(problem)} />}
      <FormActs
        close={close}
        act={t(label, { serial })}
        busy={maintain.isPending || end.isPending || set.isPending}
      />
    </form>
  );
}

/** The mark that is on it now, with its reason and its end. */
function Standing({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const { service, serviceMark, timeZone } = scanner;
  if (serviceMark === null || (service !== "maintenance" && service !== "out-of-service")) return null;
  return (
    <p className="t2">
      <b>{t(service === "maintenance" ? "keep.inMaintenance" : "keep.outOfService")}</b>{" "}
      {serviceMark.untilMs !== null && (
        <>
          {t("keep.until")} <Time ms={serviceMark.untilMs} zone={timeZone} />.{" "}
        </>
      )}
      {serviceMark.reason !== null && <bdi>{serviceMark.reason}</bdi>}
    </p>
  );
}
