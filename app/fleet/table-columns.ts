import { type ColumnDef, getCoreRowModel, useReactTable } from "@tanstack/react-table";
import type { Word } from "#app/ui/words.ts";
import { FLEET_COLUMNS, type FleetColumn } from "#core/fleet/columns.ts";
import type { SortBy } from "#core/fleet/filter.ts";
import type { FleetRow } from "#server/scanner/view.ts";

/** Of the head of a column. `width` in px; null: what the others leave. */
type Look = { word: Word; width: number | null; sort: SortBy | null; num?: true };

export const LOOKS = {
  headline: { word: "col.headline", width: 188, sort: "severity" },
  scanner: { word: "col.scanner", width: 140, sort: "serial" },
  site: { word: "col.site", width: 186, sort: "site" },
  model: { word: "col.model", width: 64, sort: null },
  running: { word: "col.running", width: 160, sort: "running" },
  finding: { word: "col.finding", width: null, sort: null },
  since: { word: "col.since", width: 72, sort: "since", num: true },
  safety: { word: "col.safety", width: 132, sort: null },
  report: { word: "col.report", width: 76, sort: "report", num: true },
  region: { word: "col.region", width: 120, sort: null },
  room: { word: "col.room", width: 132, sort: null },
  tags: { word: "col.tags", width: 140, sort: null },
  items: { word: "col.items", width: 200, sort: null },
  link: { word: "col.link", width: 100, sort: null },
  function: { word: "col.function", width: 100, sort: null },
  software: { word: "col.software", width: 140, sort: null },
  currency: { word: "col.currency", width: 110, sort: null },
  change: { word: "col.change", width: 120, sort: null },
  service: { word: "col.service", width: 130, sort: null },
  hardware: { word: "col.hardware", width: 92, sort: null },
  origin: { word: "col.origin", width: 92, sort: null },
} as const satisfies Record<FleetColumn, Look>;

/** The column that takes what the others leave is never narrower. */
const MIN_PX = 220;

const COLUMNS: ColumnDef<FleetRow>[] = FLEET_COLUMNS.map((id) => ({
  id,
  header: LOOKS[id].word,
  size: LOOKS[id].width ?? MIN_PX,
}));

const NO_ROWS: FleetRow[] = [];

/** Which columns stand where. Rows are not handed over: only those in sight exist here, and they come by id (live-fleet.ts). */
export function useColumns(chosen: readonly FleetColumn[]): { columns: FleetColumn[]; widthPx: number } {
  const table = useReactTable({
    data: NO_ROWS,
    columns: COLUMNS,
    getCoreRowModel: getCoreRowModel(),
    state: {
      columnOrder: [...chosen],
      columnVisibility: Object.fromEntries(FLEET_COLUMNS.map((id) => [id, chosen.includes(id)])),
    },
  });
  const columns = table.getVisibleLeafColumns().map(({ id }) => id as FleetColumn);
  return { columns, widthPx: table.getTotalSize() };
}
