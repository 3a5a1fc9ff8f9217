"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { Time } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ReleaseList, ReleaseRow } from "#server/release/view.ts";
import { FirstRelease } from "./first-release.tsx";
import { SignedShort } from "./signed.tsx";
import { Standing } from "./standing.tsx";

const ASK_AGAIN_MS = 30_000;

export function ReleaseListView() {
  const { t } = useWords();
  const trpc = useTRPC();
  const connected = useConnected();
  const query = useQuery(
    trpc.release.list.queryOptions(undefined, { refetchInterval: connected ? ASK_AGAIN_MS : false }),
  );
  return (
    <>
      <Header crumbs={[{ label: t("releases.title") }]} />
      <main id="content" tabIndex={-1} className="page">
        <DataState query={query} what={t("releases.what")} rows={8}>
          {(list) => <Loaded list={list} />}
        </DataState>
      </main>
    </>
  );
}

function Loaded({ list }: { list: ReleaseList }) {
  const { t } = useWords();
  const { rows, standing } = list;
  const [newest] = rows;
  if (newest === undefined)
    return (
      <>
        <FirstRelease />
        {standing !== null && <Standing standing={standing} />}
      </>
    );
  return (
    <>
      <div>
        <h1>{t("releases.count", { n: rows.length })}</h1>
        <p className="intro">
          <bdi>{t("releases.newest", { name: newest.name, n: newest.counts.running })}</bdi>
        </p>
      </div>
      <ReleaseTable rows={rows} />
      {standing !== null && <Standing standing={standing} />}
    </>
  );
}

function ReleaseTable({ rows }: { rows: readonly ReleaseRow[] }) {
  const { t } = useWords();
  return (
    <table className="tbl flush stack releases">
      <caption className="sr">{t("releases.title")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("releases.name")}</th>
          <th scope="col">{t("releases.signed")}</th>
          <th scope="col">{t("releases.models")}</th>
          <th scope="col">{t("releases.published")}</th>
          <th scope="col" className="num">
            {t("releases.counter")}
          </th>
          <th scope="col" className="num">
            {t("releases.running")}
          </th>
          <th scope="col" className="num">
            {t("releases.pinned")}
          </th>
          <th scope="col" className="num">
            {t("releases.confirmed")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.name} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { row: ReleaseRow }) {
  const { t } = useWords();
  const { name, counter, signed, withdrawn, counts, models, publishedAtMs } = row;
  return (
    <tr>
      <th scope="row">
        <Link className="strong" href={paths.release(name)}>
          <bdi className={withdrawn === null ? undefined : "withdrawn"}>{name}</bdi>
        </Link>
        {withdrawn !== null && <span className="chip">{t("releases.withdrawn")}</span>}
      </th>
      <td data-label={t("releases.signed")}>
        <SignedShort signed={signed} />
      </td>
      <td data-label={t("releases.models")}>
        <bdi>{models.join(", ")}</bdi>
      </td>
      <td data-label={t("releases.published")} className="t2">
        <Time ms={publishedAtMs} />
      </td>
      <td data-label={t("releases.counter")} className="num t2">
        {counter}
      </td>
      <td data-label={t("releases.running")} className="num strong">
        {counts.running}
      </td>
      <td data-label={t("releases.pinned")} className="num">
        {counts.pinned}
      </td>
      <td data-label={t("releases.confirmed")} className="num">
        {counts.confirmed}
      </td>
    </tr>
  );
}
