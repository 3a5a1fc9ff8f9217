"use client";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { type FleetFilter, paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { Header } from "#app/shell/header.tsx";
import { useTRPCClient } from "#app/trpc.tsx";
import { Banner } from "#app/ui/banner.tsx";
import { Button } from "#app/ui/button.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useWords } from "#app/viewer.tsx";
import type { Fleet } from "#server/scanner/view.ts";
import { FleetCards } from "./fleet-cards.tsx";
import { FilterNote, FleetEmpty } from "./fleet-empty.tsx";
import { fleetQuery } from "./fleet-query.ts";
import { FleetTable } from "./fleet-table.tsx";
import { FleetLead, Legend } from "./legend.tsx";
import { inHeldOrder } from "./order.ts";

/** Silence is noticed by the server; asking again bounds how old "as of" can get while nothing nudges. */
const ASK_AGAIN_MS = 15_000;

export function FleetView({ filter }: { filter: FleetFilter }) {
  const { t } = useWords();
  const connected = useConnected();
  const query = useInfiniteQuery({
    ...fleetQuery(useTRPCClient(), filter),
    placeholderData: keepPreviousData,
    refetchInterval: connected ? ASK_AGAIN_MS : false,
  });
  const pages = query.data?.pages;
  const asOfMs = pages?.[0]?.asOfMs;
  return (
    <>
      <Header
        crumbs={[{ label: t("fleet.title") }]}
        search={filter.search}
        {...(asOfMs === undefined ? {} : { asOfMs })}
      />
      <main id="content" tabIndex={-1} className={connected ? undefined : "as-of-then"}>
        <DataState query={{ ...query, data: pages }} what={t("fleet.title")} rows={12}>
          {(shown) => (
            <FleetPages
              key={paths.fleet(filter)}
              pages={shown}
              filter={filter}
              more={query.hasNextPage ? () => void query.fetchNextPage() : null}
            />
          )}
        </DataState>
      </main>
    </>
  );
}

type PagesProps = { pages: readonly Fleet[]; filter: FleetFilter; more: (() => void) | null };

function FleetPages({ pages, filter, more }: PagesProps) {
  const { t } = useWords();
  const newest = pages.flatMap((page) => page.rows);
  const [order, setOrder] = useState(() => newest.map((row) => row.scannerId as string));
  const first = pages[0];
  if (first === undefined) return null;
  const { rows, moved } = inHeldOrder(newest, order, (row) => row.scannerId);
  const left = first.total - newest.length;
  return (
    <>
      {first.pending > 0 && (
        <Banner>
          <b>{t("fleet.pending", { n: first.pending })}.</b>
          <Link className="link inline-link" href={paths.enrol}>
            {t("nav.enrol")}
          </Link>
        </Banner>
      )}
      <FleetLead counts={first.counts} />
      <Legend counts={first.counts} filter={filter} />
      <FilterNote filter={filter} siteName={newest[0]?.siteName ?? ""} />
      {rows.length === 0 ? (
        <FleetEmpty filter={filter} />
      ) : (
        <>
          <FleetTable rows={rows} total={first.total} />
          <FleetCards rows={rows} />
          <div className="dock">
            <span>{t("fleet.shown", { shown: rows.length, total: first.total })}</span>
            <span aria-live="polite">
              {moved > 0 && (
                <Button look="bare" onClick={() => setOrder(newest.map((row) => row.scannerId))}>
                  {t("fleet.changed", { n: moved })}
                </Button>
              )}
            </span>
            {more !== null && (
              <Button look="small" onClick={more}>
                {t("fleet.loadMore", { n: left })}
              </Button>
            )}
            <span className="keys">
              <kbd>J</kbd> <kbd>K</kbd> {t("fleet.keyMove")} <kbd>↵</kbd> {t("fleet.keyOpen")}
            </span>
          </div>
        </>
      )}
    </>
  );
}
