"use client";
import { useVirtualizer, type VirtualItem, type Virtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { paths } from "#app/paths.ts";
import { useMe, useWords } from "#app/viewer.tsx";
import { chosenColumns, type FleetColumn } from "#core/fleet/columns.ts";
import type { FleetFilter } from "#core/fleet/filter.ts";
import { rankLetter } from "#core/fleet/rank.ts";
import { FilterLink } from "./filter-link.tsx";
import { FleetTableRow } from "./fleet-row.tsx";
import type { FleetSnapshot, LiveFleet } from "./live-fleet.ts";
import type { Selection } from "./selection.ts";
import { LOOKS, useColumns } from "./table-columns.ts";

const ROW_PX = { compact: 36, comfortable: 44 } as const;

/** Where the keyboard is: the row that Tab reaches, and whether a key just brought us there. */
export type Cursor = { index: number; byKey: boolean };

export type TableProps = {
  fleet: LiveFleet;
  snapshot: FleetSnapshot;
  filter: FleetFilter;
  scroller: RefObject<HTMLElement | null>;
  cursor: Cursor;
  selection: Selection;
  onTick: (id: string, range: boolean) => void;
  onActive: (index: number) => void;
};

export function FleetTable(props: TableProps) {
  const { fleet, snapshot, filter, scroller, cursor, selection, onTick, onActive } = props;
  const { t } = useWords();
  const { density, fleetColumns } = useMe().preferences;
  const { columns, widthPx } = useColumns(chosenColumns(fleetColumns));
  const body = useRef<HTMLTableSectionElement>(null);
  const items = useRowsInSight({ fleet, snapshot, scroller, cursor, body, rowPx: ROW_PX[density] });
  useRowClicks(body);
  const grouped = filter.sort.by === "severity";
  const groupEnds = (index: number) =>
    grouped && letterAt(fleet, snapshot, index) !== letterAt(fleet, snapshot, index + 1);
  return (
    <table
      className="tbl bleed fleet"
      aria-rowcount={snapshot.total + 1}
      data-density={density}
      data-usual={fleetColumns === null || undefined}
      data-ticking={selection.ids.size > 0 || undefined}
      style={fleetColumns === null ? undefined : { minWidth: widthPx }}
    >
      <caption className="sr">{t("fleet.caption")}</caption>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map((column) => (
            <ColumnHead key={column} column={column} filter={filter} />
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {items.map(({ index, before }) => [
          before > 0 && <Gap key={`gap ${index}`} px={before} columns={columns.length} />,
          index < snapshot.total && (
            <FleetTableRow
              key={snapshot.ids[index] ?? index}
              fleet={fleet}
              id={snapshot.ids[index]}
              index={index}
              columns={columns}
              active={index === cursor.index}
              focused={index === cursor.index && cursor.byKey}
              ticked={selection.ids.has(snapshot.ids[index] ?? "")}
              last={groupEnds(index)}
              onTick={onTick}
              onActive={onActive}
            />
          ),
        ])}
      </tbody>
    </table>
  );
}

/** Where cells stand still, the link cannot reach over the whole row: a click beside it opens it all the same, in a new tab if asked. */
function useRowClicks(body: RefObject<HTMLTableSectionElement | null>) {
  useEffect(() => {
    const at = body.current;
    const follow = (event: MouseEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (target === null || target.closest("a, label, input, button") !== null) return;
      const link = target.closest("tr")?.querySelector<HTMLAnchorElement>("a.row-link");
      const elsewhere = event.button === 1 || event.metaKey || event.ctrlKey;
      if (elsewhere && link) window.open(link.href, "_blank", "noopener");
      else if (event.button === 0) link?.click();
    };
    at?.addEventListener("click", follow);
    at?.addEventListener("auxclick", follow);
    return () => {
      at?.removeEventListener("click", follow);
      at?.removeEventListener("auxclick", follow);
    };
  }, [body]);
}

/** Letter of the headline that a row shows; of one that is not here yet there is none, and no line is drawn beside it. */
function letterAt(fleet: LiveFleet, { ids }: FleetSnapshot, index: number): string | null {
  const row = fleet.row(ids[index]);
  return row === undefined ? null : rankLetter({ word: row.headline.word, variant: null });
}

function Gap({ px, columns }: { px: number; columns: number }) {
  return (
    <tr aria-hidden className="gap">
      <td colSpan={columns} style={{ height: px }} />
    </tr>
  );
}

const TURNED = { true: "descending", false: "ascending" } as const;

function ColumnHead({ column, filter }: { column: FleetColumn; filter: FleetFilter }) {
  const { t } = useWords();
  const { word, sort, ...look } = LOOKS[column];
  const numeric = "num" in look ? " num" : "";
  if (sort === null)
    return (
      <th scope="col" className={`c-${column}${numeric}`}>
        {t(word)}
      </th>
    );
  const sorted = filter.sort.by === sort;
  const { descending } = filter.sort;
  const next = { by: sort, descending: sorted && !descending };
  const Arrow = descending ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      className={`c-${column}${numeric}`}
      aria-sort={sorted ? TURNED[`${descending}`] : undefined}
    >
      <FilterLink href={paths.fleet({ ...filter, sort: next })}>
        {t(word)}
        {sorted && (sort !== "severity" || descending) && <Arrow aria-hidden />}
      </FilterLink>
    </th>
  );
}

type Sight = Pick<TableProps, "fleet" | "snapshot" | "scroller" | "cursor"> & {
  body: RefObject<HTMLTableSectionElement | null>;
  rowPx: number;
};

/** Rows to draw with the gap before each; the last entry stands behind all rows. The keyboard's row is always among them. */
function useRowsInSight({ fleet, snapshot, scroller, cursor, body, rowPx }: Sight) {
  const { around, scrollMargin } = useAround(scroller, body);
  const { total } = snapshot;
  const virtualizer = useRef<Virtualizer<HTMLElement, Element> | null>(null);
  // Before the virtualizer's own effect, which would write its offset of 0 over what was scrolled while the page came alive.
  useLayoutEffect(() => {
    if (virtualizer.current !== null && around !== null) virtualizer.current.scrollOffset = around.scrollTop;
  }, [around]);
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => around,
    estimateSize: () => rowPx,
    overscan: 8,
    scrollMargin,
    initialRect: { width: 1_200, height: 900 },
    rangeExtractor: ({ startIndex, endIndex, overscan }) => {
      const from = Math.max(0, startIndex - overscan);
      const to = Math.min(total - 1, endIndex + overscan);
      const near = Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
      if (cursor.index >= total || (cursor.index >= from && cursor.index <= to)) return near;
      return [...near, cursor.index].sort((a, b) => a - b);
    },
  });
  virtualizer.current = rows;
  const measured = useRef(rowPx);
  useEffect(() => {
    if (measured.current === rowPx) return;
    measured.current = rowPx;
    rows.measure();
  }, [rows, rowPx]);
  const { range } = rows;
  const [from, to] = [range?.startIndex ?? 0, range?.endIndex ?? 0];
  const known = snapshot.ids.length;
  useEffect(() => {
    fleet.look(from, Math.min(to, known));
    const soon = setTimeout(() => void fleet.pull(), SOON_MS);
    return () => clearTimeout(soon);
  }, [fleet, from, to, known]);
  return withGaps(rows.getVirtualItems(), scrollMargin, total, rowPx);
}

/** The element that scrolls, once it is there, and how far below its beginning the first row lies. */
function useAround(scroller: Sight["scroller"], body: Sight["body"]) {
  const [scrollMargin, setMargin] = useState(0);
  // The scroller stands around this table: its reference is filled after this table's layout effects.
  const [around, setAround] = useState<HTMLElement | null>(null);
  useEffect(() => setAround(scroller.current), [scroller]);
  useLayoutEffect(() => {
    const measure = () => {
      if (body.current === null || around === null) return;
      const top = body.current.getBoundingClientRect().top - around.getBoundingClientRect().top;
      setMargin(Math.round(top + around.scrollTop));
    };
    measure();
    const observer = new ResizeObserver(measure);
    for (const child of around?.children ?? []) observer.observe(child);
    return () => observer.disconnect();
  }, [body, around]);
  return { around, scrollMargin };
}

/** A wheel that still turns asks for nothing. */
const SOON_MS = 60;

function withGaps(items: readonly VirtualItem[], scrollMargin: number, total: number, rowPx: number) {
  let end = scrollMargin;
  const drawn = items.map((item) => {
    const before = item.start - end;
    end = item.start + rowPx;
    return { index: item.index, before };
  });
  return [...drawn, { index: total, before: scrollMargin + total * rowPx - end }];
}
