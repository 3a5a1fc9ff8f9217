import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { delimiterOf } from "#core/sheet/delimiter.ts";
import { guardCell } from "#core/sheet/guard.ts";
import { problem, type SheetProblem } from "#core/sheet/problem.ts";
import type { SheetLine } from "#core/sheet/table.ts";
import { Refusal } from "#server/refusal.ts";

/** Between the text of a sheet and its lines (RFC 4180). */
const MAX_BYTES = 1_000_000;
const MAX_LINES = 10_000;

type Record = { record: string[]; info: { lines: number } };

/**
 * @returns what stopped the reading, where something did; then there are no lines, for nobody knows what the rest means
 * @throws Refusal `sheet-too-large`, `sheet-too-long`
 */
export function readSheet(text: string): { lines: SheetLine[]; problems: SheetProblem[] } {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new Refusal("sheet-too-large", { limitBytes: MAX_BYTES });
  try {
    const records = parse(text, {
      bom: true,
      info: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as Record[];
    if (records.length > MAX_LINES + 1) throw new Refusal("sheet-too-long", { lines: MAX_LINES });
    return { lines: linesOf(records), problems: [] };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { lines: [], problems: [problem({ line: errorLine(error) }, "not-csv")] };
  }
}

/** A record's line is the one on which it begins. The parser tells the last, and counts a CR LF inside a cell as two. */
function linesOf(records: readonly Record[]): SheetLine[] {
  let countedTwice = 0;
  return records.map(({ record, info }) => {
    const breaks = record.flatMap((cell) => cell.match(/\r\n|\r|\n/g) ?? []);
    countedTwice += breaks.filter((one) => one === "\r\n").length;
    return { line: Math.max(1, info.lines - countedTwice - breaks.length), cells: record };
  });
}

function errorLine(error: CsvError): number {
  return "lines" in error && typeof error.lines === "number" ? error.lines : 1;
}

/** RFC 4180 with CR LF, in UTF-8 with a byte order mark, without which spreadsheets guess. */
export const CSV_FORM = { bom: true, record_delimiter: "windows" } as const;

/** Every cell guarded against being taken for a formula. */
export function writeSheet(
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): string {
  const cells = rows.map((row) => row.map((cell) => guardCell(cell ?? "")));
  return stringify([columns, ...cells], CSV_FORM);
}
