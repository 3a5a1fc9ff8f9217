"use client";
import { useQuery } from "@tanstack/react-query";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import { PendingList } from "./pending-list.tsx";
import { TokenForm } from "./token-form.tsx";
import { TokenTable } from "./token-table.tsx";

/** Machines ask at any moment; the page asks often enough that nobody reloads it in front of the machine. */
const ASK_AGAIN_MS = 3_000;

export function EnrolView() {
  const { t } = useWords();
  const trpc = useTRPC();
  const { may } = useMe();
  const list = useQuery(trpc.enrolment.list.queryOptions(undefined, { refetchInterval: ASK_AGAIN_MS }));
  const sites = useQuery(trpc.site.list.queryOptions());
  return (
    <>
      <Header crumbs={[{ label: t("enrol.title") }]} />
      <main id="content" tabIndex={-1} className="page">
        <div>
          <h1>{t("enrol.title")}</h1>
          <p className="intro">{t("enrol.intro")}</p>
        </div>
        {may["enrolment.createToken"] && (
          <DataState query={sites} what={t("site.what")} rows={3}>
            {(all) => <TokenForm sites={all} />}
          </DataState>
        )}
        <DataState query={list} what={t("enrol.what")}>
          {({ pending, tokens }) => (
            <>
              <PendingList pending={pending} />
              <TokenTable tokens={tokens} />
            </>
          )}
        </DataState>
      </main>
    </>
  );
}
