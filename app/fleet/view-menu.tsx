"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, Trash2 } from "lucide-react";
import { useState } from "react";
import * as z from "zod";
import { paths } from "#app/paths.ts";
import { refusalOf } from "#app/refusal.ts";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Field } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { Popover } from "#app/ui/popover.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import { type FleetFilter, readFleetQuery, writeFleetQuery } from "#core/fleet/filter.ts";
import type { SavedView } from "#server/saved-view/view.ts";
import { goToQuery } from "./filter-link.tsx";

/** Filters that people gave a name; choosing one is the same as following a link. */
export function ViewMenu({ filter }: { filter: FleetFilter }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const views = useQuery(trpc.savedView.list.queryOptions(undefined, { enabled: open }));
  return (
    <Popover
      align="end"
      label={
        <>
          <Bookmark aria-hidden />
          {t("fleet.views")}
        </>
      }
      title={t("fleet.views")}
      open={open}
      onOpenChange={setOpen}
    >
      {views.error !== null && <ProblemText problem={refusalOf(views.error)} />}
      <ul className="menu-list views">
        {views.data?.map((view) => (
          <ViewItem key={view.viewId} view={view} close={() => setOpen(false)} />
        ))}
        {views.data?.length === 0 && <li className="t3">{t("fleet.viewsNone")}</li>}
      </ul>
      <SaveForm query={writeFleetQuery(filter)} />
    </Popover>
  );
}

function ViewItem({ view, close }: { view: SavedView; close: () => void }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.savedView.delete.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.savedView.list.queryKey() }),
    }),
  );
  const whose = view.own
    ? view.shared
      ? t("fleet.viewShared")
      : null
    : t("fleet.viewBy", { name: view.ownerName ?? "?" });
  return (
    <li>
      <button
        type="button"
        className="view"
        onClick={() => {
          goToQuery(paths.fleet(readFleetQuery(view.query)));
          close();
        }}
      >
        <bdi className="strong">{view.name}</bdi>
        {whose !== null && <span className="t3">{whose}</span>}
        {view.purpose !== "" && <bdi className="t3 purpose">{view.purpose}</bdi>}
      </button>
      {view.mayChange && (
        <button
          type="button"
          className="icon-btn"
          aria-label={t("fleet.viewDelete", { name: view.name })}
          onClick={() => remove.mutate({ view: view.viewId })}
        >
          <Trash2 aria-hidden />
        </button>
      )}
      {remove.error !== null && <ProblemText problem={refusalOf(remove.error)} />}
    </li>
  );
}

const schema = z.object({
  name: z.string().trim().min(1, "form.missing").max(80, "form.tooLong|max=80"),
  purpose: z.string().trim().max(300, "form.tooLong|max=300"),
  shared: z.boolean(),
});

function SaveForm({ query }: { query: string }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayShare = useMe().memberships.some(({ role }) => role !== "site-contact");
  const form = useZodForm(schema, { defaultValues: { name: "", purpose: "", shared: false } });
  const save = useMutation(
    trpc.savedView.create.mutationOptions({
      onSuccess: async () => {
        form.reset();
        await queryClient.invalidateQueries({ queryKey: trpc.savedView.list.queryKey() });
      },
    }),
  );
  const { errors } = form.formState;
  return (
    <form
      className="menu-form"
      noValidate
      onSubmit={form.handleSubmit((values) => save.mutate({ ...values, query }))}
    >
      <Field label={t("fleet.viewName")} problem={errors.name?.message} {...form.register("name")} />
      <Field
        label={t("fleet.viewPurpose")}
        optional
        problem={errors.purpose?.message}
        {...form.register("purpose")}
      />
      {mayShare && (
        <label className="check">
          <input type="checkbox" {...form.register("shared")} />
          {t("fleet.viewShare")}
        </label>
      )}
      {save.error !== null && <ProblemText problem={refusalOf(save.error)} />}
      <Button type="submit" busy={save.isPending}>
        {t("fleet.viewSave")}
      </Button>
      <span role="status" className="sr">
        {save.isSuccess && t("form.saved")}
      </span>
    </form>
  );
}
