"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import * as z from "zod";
import { paths } from "#app/paths.ts";
import { isRefused, refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { DataState, ProblemText } from "#app/ui/data-state.tsx";
import { Field, TextField } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useAbsolute, useWords } from "#app/viewer.tsx";
import type { ScannerId } from "#core/identity/identity.ts";
import type { BaselinePreview } from "#server/baseline/view.ts";
import { AdoptGroup } from "./adopt-group.tsx";
import { type Choice, chosenItems, grouped, NO_CHOICE } from "./choice.ts";

type Who = { scannerId: ScannerId; serial: string; timeZone: string };

/** The list stays as it was read: it must not change under the reader's hand. Adopting refuses when facts have moved on. */
export function AdoptView({ scannerId, serial, timeZone }: Who) {
  const { t } = useWords();
  const trpc = useTRPC();
  const preview = useQuery(
    trpc.baseline.preview.queryOptions(
      { scannerId },
      { staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false },
    ),
  );
  const [choice, setChoice] = useState<Choice>(NO_CHOICE);
  return (
    <>
      <Header
        crumbs={[
          { label: t("fleet.title"), href: paths.fleet() },
          { label: serial, href: paths.scanner(scannerId) },
          { label: t("adopt.crumb") },
        ]}
      />
      <main id="content" tabIndex={-1} className="page">
        <div>
          <h1>
            <bdi>{t("adopt.title", { serial })}</bdi>
          </h1>
          <p className="intro">{t("adopt.intro", { serial })}</p>
        </div>
        <DataState query={preview} what={t("adopt.what")} rows={12}>
          {(data) => (
            <Review
              preview={data}
              who={{ scannerId, serial, timeZone }}
              choice={choice}
              onChoice={setChoice}
              reload={() => void preview.refetch()}
            />
          )}
        </DataState>
      </main>
    </>
  );
}

type ReviewProps = {
  preview: BaselinePreview;
  who: Who;
  choice: Choice;
  onChoice: (choice: Choice) => void;
  reload: () => void;
};

const schema = z.object({ name: rules.label, reason: rules.reason });

function Review({ preview, who, choice, onChoice, reload }: ReviewProps) {
  const { t } = useWords();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const absolute = useAbsolute(who.timeZone);
  const form = useZodForm(schema, { defaultValues: { name: preview.name, reason: "" } });
  const adopt = useMutation(
    trpc.baseline.adopt.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        router.push(paths.scanner(who.scannerId));
      },
    }),
  );
  const items = chosenItems(choice, preview.items);
  const moved = adopt.error !== null && isRefused(adopt.error, "facts-moved-on");
  const { errors } = form.formState;
  const send = form.handleSubmit(({ name, reason }) =>
    adopt.mutate({ scannerId: who.scannerId, name, reason, seenSeq: preview.seen, items }),
  );
  return (
    <form noValidate onSubmit={send} className="adopt">
      <div className="sec">
        <h2>{t("adopt.chosen", { n: items.length, total: preview.items.length })}</h2>
        <span className="r">{t("adopt.seen", { time: absolute(preview.observedAtMs) })}</span>
      </div>
      {grouped(preview.items).map((group) => (
        <AdoptGroup key={group.kind} group={group} choice={choice} onChoice={onChoice} />
      ))}
      <div className="form wide adopt-end">
        <Field label={t("adopt.name")} problem={errors.name?.message} {...form.register("name")} />
        <TextField
          label={t("form.reason")}
          hint={t("form.reasonHint")}
          problem={errors.reason?.message}
          {...form.register("reason")}
        />
        {moved ? (
          <div className="error-box" role="alert">
            <p>{t("adopt.moved")}</p>
            <Button
              onClick={() => {
                adopt.reset();
                reload();
              }}
            >
              {t("adopt.reload")}
            </Button>
          </div>
        ) : (
          adopt.error !== null && <ProblemText problem={refusalOf(adopt.error)} />
        )}
        <div>
          <Button
            look="ink"
            type="submit"
            busy={adopt.isPending || adopt.isSuccess}
            disabledReason={items.length === 0 ? t("adopt.nothing") : null}
          >
            {t("adopt.do", { n: items.length, serial: who.serial })}
          </Button>
        </div>
      </div>
    </form>
  );
}
