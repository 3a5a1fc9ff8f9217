"use client";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import * as z from "zod";
import { FormActs, ReasonField } from "#app/keeping/reason-field.tsx";
import { useDone } from "#app/keeping/use-act.ts";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Dialog } from "#app/ui/dialog.tsx";
import { Field, SelectField } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { ZoneField } from "#app/ui/zone-field.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import { regionIdSchema } from "#core/identity/identity.ts";
import type { SiteRow } from "#server/site/view.ts";

export type RegionChoice = { regionId: string; name: string };
type Props = { site: SiteRow; regions: readonly RegionChoice[]; close: () => void };
type Section = { id: "rename" | "move" | "close"; form: (props: Props) => ReactNode };

const SECTIONS: readonly Section[] = [
  { id: "rename", form: RenameForm },
  { id: "move", form: MoveForm },
  { id: "close", form: CloseForm },
];
const LABEL = { rename: "keep.labels", move: "site.region", close: "site.close" } as const;

/** Name and zone, region, and closing, in one dialog. */
export function EditSite({ site, regions }: Omit<Props, "close">) {
  const { t } = useWords();
  const { may } = useMe();
  const [open, setOpen] = useState(false);
  const [chosen, choose] = useState<Section["id"]>("rename");
  const title = t("site.editTitle", { name: site.name });
  const offered = SECTIONS.filter(({ id }) => may[`site.${id}`]);
  const Form = (offered.find(({ id }) => id === chosen) ?? offered[0])?.form;
  return (
    <>
      <Button look="small" aria-label={title} onClick={() => setOpen(true)}>
        {t("site.edit")}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={<bdi>{title}</bdi>}>
        <fieldset className="seg plain" aria-label={t("keep.sections")}>
          {offered.map(({ id }) => (
            <button key={id} type="button" aria-pressed={id === chosen} onClick={() => choose(id)}>
              {t(LABEL[id])}
            </button>
          ))}
        </fieldset>
        {Form !== undefined && <Form site={site} regions={regions} close={() => setOpen(false)} />}
      </Dialog>
    </>
  );
}

const renameSchema = z.object({ name: rules.label, timeZone: rules.timeZone });

function RenameForm({ site, close }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const form = useZodForm(renameSchema, { defaultValues: { name: site.name, timeZone: site.timeZone } });
  const rename = useMutation(trpc.site.rename.mutationOptions(useDone(close)));
  const { errors } = form.formState;
  return (
    <form
      className="form wide"
      noValidate
      onSubmit={form.handleSubmit((values) => rename.mutate({ siteId: site.siteId, ...values }))}
    >
      <Field label={t("site.name")} dir="auto" problem={errors.name?.message} {...form.register("name")} />
      <ZoneField label={t("site.zone")} problem={errors.timeZone?.message} {...form.register("timeZone")} />
      {rename.error !== null && <ProblemText problem={refusalOf(rename.error)} />}
      <FormActs close={close} act={t("site.renameDo", { name: site.name })} busy={rename.isPending} />
    </form>
  );
}

const moveSchema = z.object({ regionId: regionIdSchema, reason: rules.reason });

function MoveForm({ site, regions, close }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const others = regions.filter(({ regionId }) => regionId !== site.regionId);
  const form = useZodForm(moveSchema, {
    defaultValues: { regionId: others[0]?.regionId ?? "", reason: "" },
  });
  const move = useMutation(trpc.site.move.mutationOptions(useDone(close)));
  const { siteId, name } = site;
  const region = others.find(({ regionId }) => regionId === form.watch("regionId"))?.name ?? "";
  if (others.length === 0) return <p className="t2">{t("site.noOtherRegion")}</p>;
  return (
    <form
      className="form wide"
      noValidate
      onSubmit={form.handleSubmit((values) => move.mutate({ siteId, ...values }))}
    >
      <p className="t2">{t("site.moveBody")}</p>
      <SelectField label={t("site.moveTo")} {...form.register("regionId")}>
        {others.map((one) => (
          <option key={one.regionId} value={one.regionId}>
            {one.name}
          </option>
        ))}
      </SelectField>
      <ReasonField problem={form.formState.errors.reason?.message} {...form.register("reason")} />
      {move.error !== null && <ProblemText problem={refusalOf(move.error)} />}
      <FormActs close={close} act={t("site.move", { name, region })} busy={move.isPending} />
    </form>
  );
}

const closeSchema = z.object({ reason: rules.reason });

function CloseForm({ site, close }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const form = useZodForm(closeSchema, { defaultValues: { reason: "" } });
  const end = useMutation(trpc.site.close.mutationOptions(useDone(close)));
  const { siteId, name } = site;
  return (
    <form
      className="form wide"
      noValidate
      onSubmit={form.handleSubmit(({ reason }) => end.mutate({ siteId, reason }))}
    >
      <p className="t2">{t("site.closeBody")}</p>
      <ReasonField problem={form.formState.errors.reason?.message} {...form.register("reason")} />
      {end.error !== null && <ProblemText problem={refusalOf(end.error)} />}
      <FormActs close={close} act={t("site.closeDo", { name })} busy={end.isPending} />
    </form>
  );
}
