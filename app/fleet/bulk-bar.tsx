"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import * as z from "zod";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Dialog } from "#app/ui/dialog.tsx";
import { Field, SelectField, TextField } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useMe, useWords } from "#app/viewer.tsx";
import { tagOf } from "#core/label/tag.ts";
import type { LiveFleet } from "./live-fleet.ts";

/** As the server takes them (server/scanner-record/several.ts). */
const MOST_AT_ONCE = 500;
const NAMED = 12;
const HOUR = 60 * 60_000;

type Props = {
  fleet: LiveFleet;
  ids: readonly string[];
  total: number;
  onAll: () => void;
  onClear: () => void;
  onExport: () => void;
};

/** What can be done with the ticked scanners. Every act names how many, and shows which before it is done. */
export function BulkBar({ fleet, ids, total, onAll, onClear, onExport }: Props) {
  const { t } = useWords();
  const { may } = useMe();
  const [asked, setAsked] = useState<"tag" | "maintain" | null>(null);
  const tooMany = ids.length > MOST_AT_ONCE ? t("bulk.tooMany", { max: MOST_AT_ONCE }) : null;
  const close = () => setAsked(null);
  return (
    <section className="bulk" aria-label={t("bulk.label")}>
      <b>{t("bulk.selected", { n: ids.length })}</b>
      {ids.length < total && (
        <Button look="bare" onClick={onAll}>
          {t("bulk.all", { n: total })}
        </Button>
      )}
      <Button look="small" onClick={onExport}>
        {t("bulk.export")}
      </Button>
      {may["scanner.tag"] && (
        <Button look="small" disabledReason={tooMany} onClick={() => setAsked("tag")}>
          {t("bulk.tag")}
        </Button>
      )}
      {may["scanner.maintain"] && (
        <Button look="small" disabledReason={tooMany} onClick={() => setAsked("maintain")}>
          {t("bulk.maintain")}
        </Button>
      )}
      <Button look="bare" onClick={onClear} aria-keyshortcuts="Escape">
        {t("bulk.clear")}
      </Button>
      {asked === "tag" && <TagDialog fleet={fleet} ids={ids} close={close} done={onClear} />}
      {asked === "maintain" && <MaintainDialog fleet={fleet} ids={ids} close={close} done={onClear} />}
    </section>
  );
}

type ActProps = { fleet: LiveFleet; ids: readonly string[]; close: () => void; done: () => void };

/** The scanners an act is about, by name; the rest by number. */
function Meant({ fleet, ids }: Pick<ActProps, "fleet" | "ids">) {
  const { t } = useWords();
  const serials = ids.slice(0, NAMED).map((id) => fleet.row(id)?.serial ?? id);
  return (
    <p className="t2">
      <bdi>{serials.join(", ")}</bdi>
      {ids.length > NAMED && ` ${t("bulk.andMore", { n: ids.length - NAMED })}`}
    </p>
  );
}

const tagSchema = z.object({
  tags: z
    .string()
    .transform((typed) => typed.split(/[\s,;]+/).filter((one) => one !== ""))
    .refine((tags) => tags.length > 0, "form.missing")
    .refine((tags) => tags.every((one) => tagOf(one) !== null), "form.tag"),
  reason: rules.reason,
});

function TagDialog({ fleet, ids, close, done }: ActProps) {
  const { t } = useWords();
  const trpc = useTRPC();
  const form = useZodForm(tagSchema, { defaultValues: { tags: "", reason: "" } });
  const tag = useMutation(trpc.scanner.tag.mutationOptions({ onSuccess: done }));
  const { errors } = form.formState;
  return (
    <Dialog open onOpenChange={close} title={t("bulk.tagTitle", { n: ids.length })}>
      <Meant fleet={fleet} ids={ids} />
      <form
        className="form wide"
        noValidate
        onSubmit={form.handleSubmit(({ tags, reason }) =>
          tag.mutate({ scannerIds: [...ids] as never[], add: tags, reason }),
        )}
      >
        <Field
          label={t("bulk.tags")}
          hint={t("bulk.tagsHint")}
          problem={errors.tags?.message}
          {...form.register("tags")}
        />
        <TextField label={t("form.reason")} problem={errors.reason?.message} {...form.register("reason")} />
        {tag.error !== null && <ProblemText problem={refusalOf(tag.error)} />}
        <div className="actions">
          <Button onClick={close}>{t("dialog.cancel")}</Button>
          <Button look="ink" type="submit" busy={tag.isPending}>
            {t("bulk.tagDo", { n: ids.length })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const HOURS = ["2", "8", "24", "72", ""] as const;
const maintainSchema = z.object({ hours: z.enum(HOURS), reason: rules.reason });

function MaintainDialog({ fleet, ids, close, done }: ActProps) {
  const { t } = useWords();
  const trpc = useTRPC();
  const form = useZodForm(maintainSchema, { defaultValues: { hours: "8", reason: "" } });
  const mark = useMutation(trpc.scanner.maintain.mutationOptions({ onSuccess: done }));
  return (
    <Dialog open onOpenChange={close} title={t("bulk.maintainTitle", { n: ids.length })}>
      <Meant fleet={fleet} ids={ids} />
      <p className="t2">{t("bulk.maintainBody")}</p>
      <form
        className="form wide"
        noValidate
        onSubmit={form.handleSubmit(({ hours, reason }) =>
          mark.mutate({
            scannerIds: [...ids] as never[],
            untilMs: hours === "" ? null : Date.now() + Number(hours) * HOUR,
            reason,
          }),
        )}
      >
        <SelectField label={t("bulk.until")} {...form.register("hours")}>
          {HOURS.map((hours) => (
            <option key={hours} value={hours}>
              {hours === "" ? t("bulk.untilTaken") : t("unit.h", { n: Number(hours) })}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t("form.reason")}
          problem={form.formState.errors.reason?.message}
          {...form.register("reason")}
        />
        {mark.error !== null && <ProblemText problem={refusalOf(mark.error)} />}
        <div className="actions">
          <Button onClick={close}>{t("dialog.cancel")}</Button>
          <Button look="ink" type="submit" busy={mark.isPending}>
            {t("bulk.maintainDo", { n: ids.length })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
