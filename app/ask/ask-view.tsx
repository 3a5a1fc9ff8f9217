"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useConnected } from "#app/realtime.tsx";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useWords } from "#app/viewer.tsx";
import { Answer } from "./answer.tsx";
import { AskField } from "./ask-field.tsx";
import { Grammar } from "./grammar.tsx";
import type { AskQuery } from "./query.ts";

/** EXP-9: one field, and who has it. The question is the address, so an answer can be sent to a colleague. */
export function AskView({ query }: { query: AskQuery }) {
  const { t } = useWords();
  const connected = useConnected();
  return (
    <>
      <Header crumbs={[{ label: t("ask.title") }]} />
      <main id="content" tabIndex={-1} className={connected ? "ask" : "ask as-of-then"}>
        {query === null && (
          <div className="lead">
            <h1>{t("ask.title")}</h1>
          </div>
        )}
        <AskField query={query} />
        {query === null ? <Opening /> : <Asked query={query} />}
        <Grammar open={query === null} />
      </main>
    </>
  );
}

function Opening() {
  const { t } = useWords();
  return <p className="ask-intro">{t("ask.intro")}</p>;
}

function Asked({ query }: { query: NonNullable<AskQuery> }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const asked = useQuery(trpc.ask.answer.queryOptions(query, { placeholderData: keepPreviousData }));
  return (
    <>
      {asked.data === undefined && <h1 className="sr">{t("ask.title")}</h1>}
      <DataState query={asked} what={t("ask.answer")} rows={5}>
        {(answer) => <Answer answer={answer} />}
      </DataState>
    </>
  );
}
