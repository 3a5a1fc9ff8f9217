"use client";
import { useQuery } from "@tanstack/react-query";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import type { ScannerId } from "#core/identity/identity.ts";
import { PendingList } from "./pending-list.tsx";
import { ReplaceForm } from "./replace-form.tsx";
import { TokenForm } from "./token-form.tsx";
import { TokenTable } from "./token-table.tsx";

/** Machines ask at any moment; the page asks often enough that nobody reloads it in front of the machine. */
const ASK_AGAIN_MS = 3_000;

/** @param replace the scanner whose new hardware is enrolled; null: a machine of its own */
export function EnrolView({ replace = null }: { replace?: ScannerId | null }) {
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
        {may["enrolment.createToken"] && replace !== null && <ReplaceForm scannerId={replace} />}
        {may["enrolment.createToken"] && replace === null && (
          <DataState query={sites} what={t("site.what")} rows={3}>
            {(all) => <TokenForm sites={all.filter(({ closedAtMs }) => closedAtMs === null)} />}
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
