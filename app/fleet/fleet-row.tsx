"use client";
import { memo, useEffect, useRef } from "react";
import { useWords } from "#app/viewer.tsx";
import type { FleetColumn } from "#core/fleet/columns.ts";
import { cellOf, isStale } from "./fleet-cells.tsx";
import type { LiveFleet } from "./live-fleet.ts";
import { LOOKS } from "./table-columns.ts";
import { useRow } from "./use-live-fleet.ts";

export type RowProps = {
  fleet: LiveFleet;
  id: string | undefined;
  /** Place in the whole order, from 0. */
  index: number;
  columns: readonly FleetColumn[];
  active: boolean;
  /** The keyboard is here and the focus has to follow. */
  focused: boolean;
  ticked: boolean;
  /** The next row has another headline. */
  last: boolean;
  onTick: (id: string, range: boolean) => void;
  onActive: (index: number) => void;
};

/** One row of the table. Every row is a link, so it opens in a new tab like any other. */
export const FleetTableRow = memo(function FleetTableRow(props: RowProps) {
  const { fleet, id, index, columns, active, focused, ticked, last, onTick, onActive } = props;
  const row = useRow(fleet, id);
  const place = useRef<HTMLTableRowElement>(null);
  const loaded = row !== undefined;
  useEffect(() => {
    if (!focused || isTyping()) return;
    const link = loaded ? place.current?.querySelector<HTMLElement>("a.row-link") : place.current;
    link?.focus({ preventScroll: true });
    // The whole row, clear of the head and the dock (scroll-padding), whichever side it left the page by (2.4.11).
    place.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [focused, loaded]);
  const look = [row !== undefined && isStale(row) && "stale", last && "last", ticked && "ticked"];
  return (
    <tr
      ref={place}
      aria-rowindex={index + 2}
      data-index={index}
      tabIndex={loaded ? undefined : -1}
      className={look.filter(Boolean).join(" ") || undefined}
      onFocus={() => onActive(index)}
    >
      {row === undefined ? (
        <Waiting columns={columns} />
      ) : (
        columns.map((column) => {
          const Cell = cellOf(column);
          const { num } = LOOKS[column] as { num?: true };
          return (
            <td key={column} className={num === true ? `c-${column} num` : `c-${column}`}>
              {column === "headline" && (
                <Tick
                  serial={row.serial}
                  active={active}
                  ticked={ticked}
                  onTick={(range) => onTick(row.scannerId, range)}
                />
              )}
              <Cell row={row} active={active} />
            </td>
          );
        })
      )}
    </tr>
  );
});

/** Rows come and go under somebody who is already elsewhere on the page. */
function isTyping(): boolean {
  return (
    document.activeElement?.closest("input:not([type=checkbox]), textarea, select, [role=dialog]") != null
  );
}

type TickProps = { serial: string; active: boolean; ticked: boolean; onTick: (range: boolean) => void };

function Tick({ serial, active, ticked, onTick }: TickProps) {
  const { t } = useWords();
  return (
    <label className="tick">
      <input
        type="checkbox"
        checked={ticked}
        tabIndex={active ? 0 : -1}
        aria-label={t("fleet.tick", { serial })}
        onChange={(event) => onTick((event.nativeEvent as MouseEvent).shiftKey === true)}
      />
    </label>
  );
}

function Waiting({ columns }: { columns: readonly FleetColumn[] }) {
  const { t } = useWords();
  return (
    <>
      {columns.map((column, place) => (
        <td key={column} className={`c-${column} waiting`}>
          {place === 0 ? <span className="sr">{t("fleet.rowLoading")}</span> : <i aria-hidden />}
        </td>
      ))}
    </>
  );
}
