"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import * as z from "zod";
import { FormActs, ReasonField } from "#app/keeping/reason-field.tsx";
import { refusalOf } from "#app/refusal.ts";
import { rules } from "#app/setup/rules.ts";
import { useTRPC, useTRPCClient } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { Field, TextField } from "#app/ui/field.tsx";
import { useZodForm } from "#app/ui/form.ts";
import { useWords } from "#app/viewer.tsx";
import type { SheetImported, SheetPreview } from "#server/sheet/view.ts";
import { PreviewTables } from "./preview-tables.tsx";
import { saveText } from "./save-text.ts";

export type SheetKind = "labels" | "sites";
type Looked = { text: string; preview: SheetPreview };

/** Text in, then what it would change, then the one button that writes it. */
export function ImportForm({ kind }: { kind: SheetKind }) {
  const { t } = useWords();
  const [text, setText] = useState("");
  const [looked, setLooked] = useState<Looked | null>(null);
  const [done, setDone] = useState<SheetImported | null>(null);
  const client = useTRPCClient();
  const look = useMutation({
    mutationFn: async (sheet: string) => {
      const ask = kind === "labels" ? client.sheet.previewLabels : client.sheet.previewSites;
      return { text: sheet, preview: await ask.query({ text: sheet }) };
    },
    onSuccess: setLooked,
  });
  const change = (next: string) => {
    setText(next);
    setLooked(null);
    setDone(null);
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    look.mutate(text);
  };
  return (
    <>
      <form className="form wide" onSubmit={send}>
        <FileField onText={change} />
        <TextField
          optional
          label={t("sheet.paste")}
          rows={6}
          dir="auto"
          spellCheck={false}
          value={text}
          onChange={(event) => change(event.target.value)}
        />
        {look.error !== null && <ProblemText problem={refusalOf(look.error)} />}
        <div className="row-wrap">
          <Button look="ink" type="submit" busy={look.isPending}>
            {t("sheet.look")}
          </Button>
          <ExportButton kind={kind} />
        </div>
      </form>
      <section aria-live="polite">
        {done !== null && (
          <p className="approved">{t("sheet.done", { changed: done.changed, leftOut: done.leftOut })}</p>
        )}
        {looked !== null && (
          <>
            <PreviewTables preview={looked.preview} />
            <WriteForm
              kind={kind}
              looked={looked}
              onDone={(counts) => {
                change("");
                setDone(counts);
              }}
            />
          </>
        )}
      </section>
    </>
  );
}

function FileField({ onText }: { onText: (text: string) => void }) {
  const { t } = useWords();
  const read = (file: File | undefined) => {
    if (file !== undefined) void file.text().then(onText);
  };
  return (
    <Field
      label={t("sheet.file")}
      hint={t("sheet.fileHint")}
      type="file"
      accept=".csv,text/csv,text/plain"
      onChange={(event) => read(event.target.files?.[0])}
    />
  );
}

function ExportButton({ kind }: { kind: SheetKind }) {
  const { t } = useWords();
  const client = useTRPCClient();
  const save = useMutation({
    mutationFn: () =>
      kind === "labels" ? client.sheet.exportLabels.mutate() : client.sheet.exportSites.mutate(),
    onSuccess: saveText,
  });
  return (
    <>
      <Button busy={save.isPending} onClick={() => save.mutate()}>
        {t("sheet.export")}
      </Button>
      {save.error !== null && <ProblemText problem={refusalOf(save.error)} />}
    </>
  );
}

const schema = z.object({ reason: rules.reason });
type WriteProps = { kind: SheetKind; looked: Looked; onDone: (counts: SheetImported) => void };

function WriteForm({ kind, looked, onDone }: WriteProps) {
  const { t } = useWords();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { preview, text } = looked;
  const form = useZodForm(schema, { defaultValues: { reason: "" } });
  const after = {
    onSuccess: (counts: SheetImported) => {
      onDone(counts);
      return queryClient.invalidateQueries();
    },
  };
  const labels = useMutation(trpc.sheet.importLabels.mutationOptions(after));
  const sites = useMutation(trpc.sheet.importSites.mutationOptions(after));
  const write = kind === "labels" ? labels : sites;
  if (preview.changed === 0) return <p className="t2">{t("sheet.nothing")}</p>;
  const goodLinesOnly = preview.wrong > 0;
  const { planDigest } = preview;
  return (
    <form
      className="form wide"
      noValidate
      onSubmit={form.handleSubmit(({ reason }) => write.mutate({ text, planDigest, goodLinesOnly, reason }))}
    >
      <ReasonField problem={form.formState.errors.reason?.message} {...form.register("reason")} />
      {write.error !== null && <ProblemText problem={refusalOf(write.error)} />}
      <FormActs
        close={() => form.reset()}
        act={t(goodLinesOnly ? "sheet.importGood" : "sheet.importAll", { n: preview.changed })}
        busy={write.isPending}
      />
    </form>
  );
}
