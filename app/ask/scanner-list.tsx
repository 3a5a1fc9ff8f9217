"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { useTRPCClient } from "#app/trpc.tsx";
import { Button } from "#app/ui/button.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { HeadlineMark } from "#app/ui/mark.tsx";
import { TimeText } from "#app/ui/time/time.tsx";
import { useWords } from "#app/viewer.tsx";
import type { AskKind } from "#core/ask/kinds.ts";

type Asked = {
  text: string;
  when: "now" | "ever";
  kind: AskKind;
  name: string;
  value: string | null;
  numbers?: boolean;
};

/** The scanners behind one value, a page at a time, with how each of them stands now. */
export function ScannerList({ ask, what }: { ask: Asked; what: string }) {
  const { t } = useWords();
  const client = useTRPCClient();
  const query = useInfiniteQuery({
    queryKey: [["ask", "scanners"], { input: ask, type: "infinite" }],
    queryFn: ({ pageParam, signal }) =>
      client.ask.scanners.query(pageParam === null ? ask : { ...ask, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  return (
    <DataState query={{ ...query, data: query.data?.pages }} what={t("ask.listTitle")} rows={3}>
      {(pages) => {
        const rows = pages.flatMap((page) => page.rows);
        const left = (pages[0]?.total ?? 0) - rows.length;
        const [first, second] = rows;
        return (
          <>
            <ul className="asked" aria-label={t("ask.listed", { value: what })}>
              {rows.map((row) => (
                <li key={row.scannerId}>
                  <HeadlineMark headline={row.headline} size="small" />
                  <Link className="who" href={paths.scanner(row.scannerId)}>
                    <b>
                      <bdi>{row.serial}</bdi>
                    </b>{" "}
                    {row.alias !== null && <bdi className="t2">{row.alias}</bdi>}
                  </Link>
                  <bdi className="site">{row.siteName}</bdi>
                  <span className="num t3">
                    {row.lastSeenMs === null ? (
                      t("time.never")
                    ) : (
                      <TimeText ms={row.lastSeenMs} zone={row.timeZone} />
                    )}
                  </span>
                </li>
              ))}
            </ul>
            <p className="asked-end">
              {query.hasNextPage && (
                <Button
                  look="small"
                  busy={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t("ask.more", { n: left })}
                </Button>
              )}
              {first !== undefined && second !== undefined && (
                <Link
                  className="link"
                  href={paths.compare(
                    { scannerId: first.scannerId, atMs: null },
                    { scannerId: second.scannerId, atMs: null },
                  )}
                >
                  {t("ask.compareFirst")}
                </Link>
              )}
            </p>
          </>
        );
      }}
    </DataState>
  );
}
