"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import * as z from "zod";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC } from "#app/trpc.tsx";
import { DataState, ProblemText } from "#app/ui/data-state.tsx";
import { SelectField } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useWords } from "#app/viewer.tsx";
import { siteIdSchema } from "#core/identity/identity.ts";
import type { ScannerPage } from "#server/scanner/view.ts";
import type { SiteRow } from "#server/site/view.ts";
import { FormActs, ReasonField } from "./reason-field.tsx";
import { useDone } from "./use-act.ts";

type Props = { scanner: ScannerPage; close: () => void };

export function MoveForm(props: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const list = useQuery(trpc.site.list.queryOptions());
  return (
    <DataState query={list} what={t("site.what")} rows={2}>
      {(all) => {
        const open = all.filter(
          ({ closedAtMs, siteId }) => closedAtMs === null && siteId !== props.scanner.siteId,
        );
        return open.length === 0 ? (
          <p className="t2">{t("keep.noOtherSite")}</p>
        ) : (
          <Form {...props} sites={open} />
        );
      }}
    </DataState>
  );
}

const schema = z.object({ siteId: siteIdSchema, reason: rules.reason });

function Form({ scanner, close, sites }: Props & { sites: readonly SiteRow[] }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const form = useZodForm(schema, { defaultValues: { siteId: sites[0]?.siteId ?? "", reason: "" } });
  const move = useMutation(trpc.scanner.move.mutationOptions(useDone(close)));
  const { scannerId, serial, siteName } = scanner;
  const site = sites.find(({ siteId }) => siteId === form.watch("siteId"))?.name ?? "";
  return (
    <form
      className="form wide"
      noValidate
      onSubmit={form.handleSubmit((values) => move.mutate({ scannerId, ...values }))}
    >
      <p className="t2">
        <bdi>{t("keep.moveBody", { site: siteName })}</bdi>
      </p>
      <SelectField label={t("keep.moveTo")} {...form.register("siteId")}>
        {sites.map(({ siteId, name, regionName }) => (
          <option key={siteId} value={siteId}>
            {`${name}, ${regionName}`}
          </option>
        ))}
      </SelectField>
      <ReasonField problem={form.formState.errors.reason?.message} {...form.register("reason")} />
      {move.error !== null && <ProblemText problem={refusalOf(move.error)} />}
      <FormActs close={close} act={t("keep.move", { serial, site })} busy={move.isPending} />
    </form>
  );
}
