"use client";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { type Problem, refusalOf } from "#app/refusal.ts";
import { Header } from "#app/shell/header.tsx";
import { Banner } from "#app/ui/banner.tsx";
import { ProblemText } from "#app/ui/data-state.tsx";
import { useWords } from "#app/viewer.tsx";
import { type FleetFilter, writeFleetQuery } from "#core/fleet/filter.ts";
import type { Fleet } from "#server/scanner/view.ts";
import { ExportProblem, exportFleet } from "./export.ts";
import { FilterBar } from "./filter-bar.tsx";
import { FleetCards } from "./fleet-cards.tsx";
import { FleetDock } from "./fleet-dock.tsx";
import { FleetEmpty } from "./fleet-empty.tsx";
import { type Cursor, FleetTable } from "./fleet-table.tsx";
import { FleetLead, Legend } from "./legend.tsx";
import { NOTHING, type Selection, ticked, tickedAll, tickedTo } from "./selection.ts";
import { useFleetKeys } from "./use-fleet-keys.ts";
import { useLiveFleet, useSnapshot } from "./use-live-fleet.ts";
import { useNarrow } from "./use-narrow.ts";

type Props = {
  /** The query that `first` answers. */
  query: string;
  /** What the address asks for; ahead of `query` while the answer is on its way. */
  asked: FleetFilter;
  first: Fleet;
  waiting: boolean;
  problem: unknown;
};

/** The table with everything around it. Menus stay open while the table behind them changes. */
export function FleetBoard({ query, asked, first, waiting, problem }: Props) {
  const { t } = useWords();
  const connected = useConnected();
  const fleet = useLiveFleet(query, first);
  const snapshot = useSnapshot(fleet);
  const { cursor, setCursor, selection, setSelection, tick } = useBoard(snapshot.ids, query);
  const scroller = useRef<HTMLElement>(null);
  useTop(scroller, query);
  const narrow = useNarrow();
  const file = useMutation({ mutationFn: (ids: readonly string[] | null) => exportFleet(query, ids) });
  useFleetKeys({
    move: (step) =>
      setCursor(({ index, moved }) => {
        const next = moved ? Math.min(Math.max(index + step, 0), snapshot.total - 1) : index;
        return { index: next, byKey: true, moved: true };
      }),
    tick: (range) => {
      const id = snapshot.ids[cursor.index];
      if (id !== undefined) tick(id, range);
    },
    clear: () => setSelection(NOTHING),
    exportAll: () => file.mutate(null),
  });
  const onActive = useCallback(
    (index: number) =>
      setCursor((was) =>
        was.index === index ? { ...was, moved: true } : { index, byKey: false, moved: true },
      ),
    [setCursor],
  );
  return (
    <>
      <Header
        crumbs={[{ label: t("fleet.title") }]}
        asOfMs={snapshot.asOfMs}
        search={asked.search[0] ?? ""}
        kept={keptWords(writeFleetQuery(asked))}
      />
      <main
        id="content"
        tabIndex={-1}
        ref={scroller}
        className={connected ? "fleet-page" : "fleet-page as-of-then"}
        aria-busy={waiting || undefined}
      >
        {waiting && <div className="thin-bar" aria-hidden />}
        <div className="stays">
          <Pending n={snapshot.counts.pending} />
          <FleetLead counts={snapshot.counts} />
          <Legend counts={snapshot.counts.counts} filter={asked} />
          <FilterBar filter={asked} total={snapshot.total} onExport={() => file.mutate(null)} />
          <Trouble what={t("fleet.title")} error={problem ?? snapshot.problem} />
          <Trouble what={t("fleet.exportWhat")} error={file.error} />
        </div>
        {snapshot.total === 0 ? (
          <FleetEmpty filter={asked} />
        ) : (
          <>
            {narrow !== true && (
              <FleetTable
                {...{ fleet, snapshot, filter: asked, scroller, cursor, selection, onActive }}
                onTick={tick}
              />
            )}
            {narrow !== false && <FleetCards fleet={fleet} snapshot={snapshot} />}
            <FleetDock
              {...{ fleet, snapshot, selection }}
              onAll={() => setSelection(tickedAll(snapshot.ids))}
              onClear={() => setSelection(NOTHING)}
              onExport={() => file.mutate([...selection.ids])}
              exporting={file.isPending}
            />
          </>
        )}
      </main>
    </>
  );
}

/** `moved`: somebody has been in the table; the first key goes to the first row. */
type BoardCursor = Cursor & { moved: boolean };

const AT_TOP: BoardCursor = { index: 0, byKey: false, moved: false };

/** Where the keyboard is and what is ticked; neither outlives its query. */
function useBoard(order: readonly string[], query: string) {
  const [cursor, setCursor] = useState(AT_TOP);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [of, setOf] = useState(query);
  if (of !== query) {
    setOf(query);
    setCursor(AT_TOP);
    setSelection(NOTHING);
  }
  const latest = useRef(order);
  useEffect(() => {
    latest.current = order;
  });
  const tick = useCallback((id: string, range: boolean) => {
    setSelection((was) => (range ? tickedTo(was, id, latest.current) : ticked(was, id)));
  }, []);
  return { cursor, setCursor, selection, setSelection, tick };
}

/** Another query is read from its top. */
function useTop(scroller: RefObject<HTMLElement | null>, query: string): void {
  const shown = useRef(query);
  useEffect(() => {
    if (shown.current === query) return;
    shown.current = query;
    scroller.current?.scrollTo({ top: 0 });
  }, [scroller, query]);
}

/** The query's other words, for a search that starts from it. */
function keptWords(query: string): [string, string][] {
  return [...new URLSearchParams(query)].filter(([name]) => name !== "search");
}

function Pending({ n }: { n: number }) {
  const { t } = useWords();
  if (n === 0) return null;
  return (
    <Banner>
      <b>{t("fleet.pending", { n })}.</b>
      <Link className="link inline-link" href={paths.enrol}>
        {t("nav.enrol")}
      </Link>
    </Banner>
  );
}

/** What failed, beside what is still shown. */
function Trouble({ what, error }: { what: string; error: unknown }) {
  const { t } = useWords();
  if (error === null || error === undefined) return null;
  return (
    <div className="error-box" role="alert">
      <h3>{t("state.error", { what })}</h3>
      <ProblemText problem={problemOf(error)} />
    </div>
  );
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof ExportProblem)) return refusalOf(error);
  return error.told === null ? { kind: "unreachable" } : { kind: "refused", ...error.told };
}
