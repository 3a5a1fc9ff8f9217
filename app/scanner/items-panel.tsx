"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useId, useState } from "react";
import { useTRPC } from "#app/trpc.tsx";
import { CopyTextButton } from "#app/ui/copy.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { useSay } from "#app/ui/say.ts";
import { useClock, useWords } from "#app/viewer.tsx";
import type { Block } from "#core/manifest/item.ts";
import type { ItemRow, ScannerPage } from "#server/scanner/view.ts";
import { useBlockWords } from "./block-words.ts";
import { ItemTable } from "./item-table.tsx";
import { Panel } from "./panel.tsx";
import { SPARK_RANGE_NAMES, SPARK_RANGES, type SparkRange } from "./spark.tsx";
import { blockIn, useUrlState } from "./url-state.ts";

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

type Props = { rows: readonly ItemRow[]; scanner: ScannerPage; name: string };

function Items({ rows, scanner, name }: Props) {
  const { t } = useWords();
  const words = useBlockWords();
  const block = blockIn(useUrlState().get("block"));
  const [range, setRange] = useState<SparkRange>("h24");
  const series = useSeries(scanner, rows, range);
  const title = useTitle({ rows, scanner, name }, block);
  const open = rows.filter(({ finding }) => finding !== null);
  const shown = block === null ? open : rows.filter((row) => row.block === block);
  const table = { zone: scanner.timeZone, readings: series === undefined ? null : { series, range } };
  const asText = useAsText(shown);
  return (
    <Panel
      id="items"
      focusable
      title={title}
      source={shown.length === 0 ? undefined : <CopyTextButton text={asText} label={t("items.copyShort")} />}
    >
      {block !== null && <BlockFilter name={words.name(block)} />}
      {shown.length > 0 && <ItemTable rows={shown} caption={title} {...table} />}
      <details className="fold">
        <summary>{t("items.all", { n: rows.length })}</summary>
        <AllItems rows={rows} table={table} range={range} setRange={setRange} />
      </details>
    </Panel>
  );
}

/** The finding in one sentence, of the chosen block or of all. */
function useTitle({ rows, scanner, name }: Props, block: Block | null): string {
  const { t } = useWords();
  const words = useBlockWords();
  const of = block === null ? rows : rows.filter((row) => row.block === block);
  const open = of.filter(({ finding }) => finding !== null);
  const total = of.length;
  const unseen = open.filter(({ finding }) => finding !== null && finding.problem !== "differs").length;
  const said = unseen === 0 ? "" : ` ${t("items.notSeen", { n: unseen })}`;
  if (block !== null) {
    const whose = { block: words.name(block) };
    return total === 0
      ? t("items.noneOfBlock", whose)
      : t("items.ofBlock", { n: open.length, total, ...whose }) + said;
  }
  if (scanner.asOfMs === null) return t("items.noReport", { total, name });
  if (open.length === 0) return t("items.none", { total, name });
  return t("items.differ", { n: open.length, total, name }) + said;
}

function BlockFilter({ name }: { name: string }) {
  const { t } = useWords();
  const { address, go } = useUrlState();
  return (
    <p className="filter-bar">
      <span className="chip">{name}</span>
      <a
        className="link"
        href={address({ block: null }, "#items")}
        onClick={(event) => {
          event.preventDefault();
          go({ block: null });
        }}
      >
        <X className="icon inline" aria-hidden /> {t("items.allBlocks")}
      </a>
    </p>
  );
}

/** Tab-separated, so that a spreadsheet and a mail both take it. */
function useAsText(rows: readonly ItemRow[]): string {
  const { t } = useWords();
  const say = useSay();
  const head = [t("items.item"), t("items.expected"), t("items.actual"), t("items.class")];
  const lines = rows.map(({ item, finding, reading }) => [
    item.id,
    say.expected(item.expect, item.unit ?? null),
    reading.state === "known"
      ? say.actual(reading.value, item.unit ?? null)
      : say.word("problem", finding?.problem ?? "unknown"),
    say.word("class", item.class),
  ]);
  return [head, ...lines].map((line) => line.join("\t")).join("\n");
}

const STEP_MS = 5 * 60_000;
const MOST_DRAWN = 200;

function useSeries(scanner: ScannerPage, rows: readonly ItemRow[], range: SparkRange) {
  const trpc = useTRPC();
  const toMs = useClock((nowMs) => Math.ceil(nowMs / STEP_MS) * STEP_MS);
  const itemIds = rows
    .filter(({ reading }) => reading.state === "known" && typeof reading.value === "number")
    .map(({ item }) => item.id)
    .slice(0, MOST_DRAWN);
  const input = { scannerId: scanner.scannerId, itemIds, fromMs: toMs - SPARK_RANGES[range], toMs };
  const options = trpc.scanner.series.queryOptions(input, { placeholderData: keepPreviousData });
  return useQuery({ ...options, enabled: itemIds.length > 0 }).data;
}

type AllProps = {
  rows: readonly ItemRow[];
  table: Pick<Parameters<typeof ItemTable>[0], "zone" | "readings">;
  range: SparkRange;
  setRange: (range: SparkRange) => void;
};

function AllItems({ rows, table, range, setRange }: AllProps) {
  const { t } = useWords();
  const id = useId();
  const [wanted, setWanted] = useState("");
  const needle = wanted.trim().toLowerCase();
  const shown = rows.filter(({ item }) =>
    `${item.id} ${item.kind} ${item.class}`.toLowerCase().includes(needle),
  );
  return (
    <>
      <div className="filter-bar filter-line wide">
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
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row of buttons in every browser */}
        <span className="seg" role="group" aria-label={t("spark.range")}>
          {SPARK_RANGE_NAMES.map((one) => (
            <button key={one} type="button" aria-pressed={one === range} onClick={() => setRange(one)}>
              {t(`spark.${one}`)}
            </button>
          ))}
        </span>
      </div>
      <ItemTable rows={shown} caption={t("items.all", { n: rows.length })} {...table} />
    </>
  );
}
