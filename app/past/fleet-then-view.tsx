"use client";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { Header } from "#app/shell/header.tsx";
import { useTRPC, useTRPCClient } from "#app/trpc.tsx";
import { Empty } from "#app/ui/banner.tsx";
import { Button } from "#app/ui/button.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useAbsolute, useWords, useZone } from "#app/viewer.tsx";
import type { HeadlineWord } from "#core/headline/axes.ts";
import type { FleetThen, PastRange } from "#server/past/view.ts";
import { ThenLegend } from "./then-legend.tsx";
import { ThenReleases } from "./then-releases.tsx";
import { ThenTable } from "./then-table.tsx";
import { TimeSlider } from "./time-slider.tsx";
import { useMoment } from "./use-moment.ts";

type Filter = { headlines: readonly HeadlineWord[]; search: string };
type Props = { startMs: number | null; filter: Filter };

/** EXP-6: the whole fleet at any moment that is recorded. */
export function FleetThenView({ startMs, filter }: Props) {
  const { t } = useWords();
  const trpc = useTRPC();
  const connected = useConnected();
  const range = useQuery(trpc.past.range.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  return (
    <>
      <Header crumbs={[{ label: t("nav.fleet"), href: paths.fleet() }, { label: t("past.crumb") }]} />
      <main id="content" tabIndex={-1} className={connected ? "past" : "past as-of-then"}>
        {range.data === undefined && <h1 className="sr">{t("past.fleet")}</h1>}
        <DataState query={range} what={t("past.range")} rows={3}>
          {(span) =>
            span === null ? (
              <Empty whole title={t("past.none")} />
            ) : (
              <Then range={span} startMs={startMs} first={filter} />
            )
          }
        </DataState>
      </main>
    </>
  );
}

type ThenProps = { range: NonNullable<PastRange>; startMs: number | null; first: Filter };

function Then({ range, startMs, first }: ThenProps) {
  const { t } = useWords();
  const client = useTRPCClient();
  const [filter, setFilter] = useState(first);
  const start = Math.min(Math.max(startMs ?? range.toMs, range.fromMs), range.toMs);
  const { atMs, askedMs, setAtMs } = useMoment(start, (ms) => paths.fleetAt(ms, filter));
  const input = {
    atMs: askedMs,
    ...(filter.headlines.length === 0 ? {} : { headline: [...filter.headlines] }),
    ...(filter.search === "" ? {} : { search: filter.search }),
  };
  const query = useInfiniteQuery({
    queryKey: [["past", "fleet"], { input, type: "infinite" }],
    queryFn: ({ pageParam, signal }) =>
      client.past.fleet.query(pageParam === null ? input : { ...input, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
  });
  const toggle = (word: HeadlineWord) => {
    const headlines = filter.headlines.includes(word)
      ? filter.headlines.filter((one) => one !== word)
      : [...filter.headlines, word];
    setFilter({ ...filter, headlines });
    setAtMs(atMs);
  };
  const shown = query.data?.pages[0];
  return (
    <>
      <Lead atMs={shown?.atMs ?? atMs} shown={shown} />
      <TimeSlider range={range} atMs={atMs} siteZone={null} onChange={setAtMs} />
      <DataState query={{ ...query, data: query.data?.pages }} what={t("past.what")} rows={10}>
        {(pages) => {
          const [page] = pages;
          if (page === undefined) return null;
          return (
            <>
              <ThenLegend then={page} chosen={filter.headlines} onToggle={toggle} />
              {page.notKnown > 0 && (
                <p className="ask-note">{t("past.notKnownCount", { n: page.notKnown })}</p>
              )}
              <ThenReleases then={page} />
              <ThenTable rows={pages.flatMap(({ rows }) => rows)} atMs={page.atMs} />
              {query.hasNextPage && (
                <p className="dock">
                  <Button
                    look="small"
                    busy={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    {t("palette.more")}
                  </Button>
                </p>
              )}
            </>
          );
        }}
      </DataState>
    </>
  );
}

/** `atMs`: of what is shown, which lags behind a slider that is still being moved. */
function Lead({ atMs, shown }: { atMs: number; shown: FleetThen | undefined }) {
  const { t } = useWords();
  const zone = useZone(null);
  const time = useAbsolute();
  return (
    <div className="lead">
      <h1 aria-live="polite">
        {t("past.fleetTitle", { time: time(atMs) })}
        {shown !== undefined && (
          <span>; {t("past.lead", { nominal: shown.counts.nominal ?? 0, total: shown.total })}</span>
        )}
      </h1>
      <p>
        {t("past.zone", { zone })}{" "}
        <Link className="link" href={paths.fleet()}>
          {t("past.toNow")}
        </Link>
      </p>
    </div>
  );
}
