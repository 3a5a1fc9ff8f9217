"use client";
import { useEffect, useRef } from "react";
import { isPlainKey } from "#app/keyboard.tsx";
import type { Word } from "#app/ui/words.ts";
import { useWords } from "#app/viewer.tsx";
import type { FleetRow } from "#server/scanner/view.ts";
import { FleetTableRow } from "./fleet-row.tsx";

const COLUMNS: readonly { word: Word; name: string; num?: true }[] = [
  { word: "col.headline", name: "st" },
  { word: "col.scanner", name: "who" },
  { word: "col.site", name: "site" },
  { word: "col.model", name: "model" },
  { word: "col.running", name: "rel" },
  { word: "col.finding", name: "find" },
  { word: "col.since", name: "since", num: true },
  { word: "col.safety", name: "saf" },
  { word: "col.report", name: "rep", num: true },
];

export function FleetTable({ rows, total }: { rows: readonly FleetRow[]; total: number }) {
  const { t } = useWords();
  const body = useRef<HTMLTableSectionElement>(null);
  useRowKeys(body);
  return (
    <table className="tbl bleed fleet" aria-rowcount={total + 1}>
      <caption className="sr">{t("fleet.caption")}</caption>
      <thead>
        <tr aria-rowindex={1}>
          {COLUMNS.map(({ word, name, num }) => (
            <th key={name} scope="col" className={num === true ? `${name} num` : name}>
              {t(word)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {rows.map((row, place) => (
          <FleetTableRow
            key={row.scannerId}
            row={row}
            index={place + 2}
            last={rows[place + 1]?.headline.word !== row.headline.word}
          />
        ))}
      </tbody>
    </table>
  );
}

/** `j` and `k` move the focus from row to row; Enter opens, because the focus is on the row's link. */
function useRowKeys(body: React.RefObject<HTMLTableSectionElement | null>) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const step = { j: 1, k: -1 }[event.key];
      if (step === undefined || !isPlainKey(event)) return;
      const links = [...(body.current?.querySelectorAll<HTMLAnchorElement>("a.row-link") ?? [])];
      const at = links.findIndex((link) => link === document.activeElement);
      const next = at === -1 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
      links[next]?.focus();
      event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [body]);
}
