"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { Header } from "#app/shell/header.tsx";
import { useTRPCClient } from "#app/trpc.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useWords } from "#app/viewer.tsx";
import { readFleetQuery, writeFleetQuery } from "#core/fleet/filter.ts";
import { FleetBoard } from "./fleet-board.tsx";
import { fleetQuery } from "./fleet-query.ts";

/** The fleet for the query in the address. While the next one is on its way the last one stays, under a thin bar. */
export function FleetView() {
  const { t } = useWords();
  const search = useSearchParams().toString();
  const asked = useMemo(() => readFleetQuery(search), [search]);
  const query = writeFleetQuery(asked);
  const first = useQuery({ ...fleetQuery(useTRPCClient(), query), placeholderData: keepPreviousData });
  const { data } = first;
  if (data !== undefined)
    return (
      <FleetBoard
        query={data.query}
        asked={asked}
        first={data.fleet}
        waiting={first.isPlaceholderData}
        problem={first.error}
      />
    );
  return (
    <>
      <Header crumbs={[{ label: t("fleet.title") }]} />
      <main id="content" tabIndex={-1}>
        <DataState query={first} what={t("fleet.title")} rows={12}>
          {() => null}
        </DataState>
      </main>
    </>
  );
}
