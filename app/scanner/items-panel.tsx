"use client";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTRPC } from "#app/trpc.tsx";
import { CopyButton } from "#app/ui/copy.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import type { ItemRow, ScannerPage } from "#server/scanner/view.ts";
import { ItemTable } from "./item-table.tsx";
import { Panel } from "./panel.tsx";

/** What differs, with all items folded below it. Without a baseline there is nothing to compare and the page says that instead. */
export function ItemsPanel({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const query = useQuery(trpc.scanner.items.queryOptions({ scannerId: scanner.scannerId }));
  if (scanner.baseline === null) return null;
  return (
    <DataState query={query} what={t("items.what")}>
      {(rows) => <Items rows={rows} scanner={scanner} name={scanner.baseline?.name ?? ""} />}
    </DataState>
  );
}

function Items({ rows, scanner, name }: { rows: readonly ItemRow[]; scanner: ScannerPage; name: string }) {
  const { t } = useWords();
  const say = useSay();
  const open = rows.filter(({ finding }) => finding !== null);
  const unseen = open.filter(({ finding }) => finding !== null && finding.problem !== "differs").length;
  const total = rows.length;
  const title =
    scanner.asOfMs === null
      ? t("items.noReport", { total, name })
      : open.length === 0
        ? t("items.none", { total, name })
        : t("items.differ", { n: open.length, total, name });
  const asText = open
    .map(({ item, finding, reading }) => {
      const seen =
        reading.state === "known" ? say.actual(reading.value, item.unit ?? null) : finding?.problem;
      return `${item.id}\t${say.expected(item.expect, item.unit ?? null)}\t${seen}`;
    })
    .join("\n");
  return (
    <Panel
      id="items"
      title={unseen === 0 ? title : `${title} ${t("items.notSeen", { n: unseen })}`}
      source={open.length === 0 ? undefined : <CopyButton text={asText} label={t("items.copy")} />}
    >
      {open.length > 0 && <ItemTable rows={open} zone={scanner.timeZone} caption={title} />}
      <details className="fold">
        <summary>{t("items.all", { n: total })}</summary>
        <AllItems rows={rows} zone={scanner.timeZone} />
      </details>
    </Panel>
  );
}

function AllItems({ rows, zone }: { rows: readonly ItemRow[]; zone: string }) {
  const { t } = useWords();
  const id = useId();
  const [wanted, setWanted] = useState("");
  const needle = wanted.trim().toLowerCase();
  const shown = rows.filter(({ item }) =>
    `${item.id} ${item.kind} ${item.class}`.toLowerCase().includes(needle),
  );
  return (
    <>
      <p className="filter-line">
        <label htmlFor={id} className="sr">
          {t("items.filter")}
        </label>
        <input
          id={id}
          className="input compact"
          type="search"
          placeholder={t("items.filter")}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      </p>
      <ItemTable rows={shown} zone={zone} caption={t("items.all", { n: rows.length })} />
    </>
  );
}
