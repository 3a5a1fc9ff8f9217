"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { Empty } from "#app/ui/banner.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useMe, useWords } from "#app/viewer.tsx";
import type { ChangeList } from "#server/change/view.ts";
import { ChangeTable } from "./change-table.tsx";
import { changesInput, type readChangesFilter } from "./query.ts";

type Filter = ReturnType<typeof readChangesFilter>;

const ASK_AGAIN_MS = 5_000;
export function ChangeListView({ filter }: { filter: Filter }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const connected = useConnected();
  const query = useQuery(
    trpc.change.list.queryOptions(changesInput(filter), {
      refetchInterval: connected ? ASK_AGAIN_MS : false,
    }),
  );
  return (
    <>
      <Header crumbs={[{ label: t("changes.title") }]} />
      <main id="content" tabIndex={-1} className="page">
        <DataState query={query} what={t("changes.what")} rows={10}>
          {(list) => <Loaded list={list} filter={filter} />}
        </DataState>
      </main>
    </>
  );
}

function Loaded({ list, filter }: { list: ChangeList; filter: Filter }) {
  const { t } = useWords();
  const { rows, more } = list;
  const open = rows.filter(({ endedAtMs }) => endedAtMs === null);
  const ended = rows.filter(({ endedAtMs }) => endedAtMs !== null);
  const serial = filter.scannerId === null ? null : (rows[0]?.serial ?? "…");
  return (
    <>
      <div>
        <h1>{open.length === 0 ? t("changes.noneUnderWay") : t("changes.underWay", { n: open.length })}</h1>
        <p className="intro">{t("changes.intro")}</p>
      </div>
      <nav className="seg" aria-label={t("changes.filter")}>
        <Link
          href={paths.changes({ ...filter, open: false })}
          aria-current={filter.open ? undefined : "page"}
        >
          {t("changes.all")}
        </Link>
        <Link href={paths.changes({ ...filter, open: true })} aria-current={filter.open ? "page" : undefined}>
          {t("changes.open")}
        </Link>
      </nav>
      {serial !== null && (
        <p className="t2">
          <bdi>{t("changes.ofOne", { serial })}</bdi>{" "}
          <Link className="link inline-link" href={paths.changes({ ...filter, scannerId: null })}>
            {t("changes.ofAll")}
          </Link>
        </p>
      )}
      {rows.length === 0 ? <NoChange filter={filter} /> : <ChangeTable rows={[...open, ...ended]} />}
      {more && <p className="small-print">{t("changes.more", { n: rows.length })}</p>}
    </>
  );
}

/** Nobody asked, and all that was asked for has ended, are different truths. */
function NoChange({ filter }: { filter: Filter }) {
  const { t } = useWords();
  const { may } = useMe();
  return (
    <Empty title={t(filter.open ? "changes.emptyOpen" : "changes.empty")}>
      <p>{t(filter.open ? "changes.emptyOpenBody" : "changes.emptyBody")}</p>
      <p className="row-wrap">
        <Link className="btn" href={paths.fleet()}>
          {t("changes.toFleet")}
        </Link>
        {may["release.list"] && (
          <Link className="btn" href={paths.releases}>
            {t("changes.toReleases")}
          </Link>
        )}
      </p>
    </Empty>
  );
}
