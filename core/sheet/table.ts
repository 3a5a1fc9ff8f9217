import { unguardCell } from "#core/sheet/guard.ts";
import { problem, type SheetProblem, shown } from "#core/sheet/problem.ts";

/** A line as it was read: cells as text. */
export type SheetLine = { line: number; cells: readonly string[] };

/** Only the columns that the sheet has, the needed ones always; trimmed, without the guard against formulas. */
type Cells<Column extends string, Needed extends Column> = Partial<Record<Column, string>> &
  Record<Needed, string>;

export type SheetRow<Column extends string, Needed extends Column> = {
  line: number;
  cells: Cells<Column, Needed>;
};

export type SheetTable<Column extends string, Needed extends Column> = {
  rows: SheetRow<Column, Needed>[];
  columns: Column[];
  unknownColumns: string[];
  problems: SheetProblem[];
};

/**
 * The first line names the columns, in any order and case; what is not asked for is named and left aside. A line with another number
 * of cells cannot be trusted to mean its columns, so it is a problem and no row.
 */
export function tableOf<Column extends string, Needed extends Column>(
  lines: readonly SheetLine[],
  known: readonly Column[],
  needed: readonly Needed[],
): SheetTable<Column, Needed> {
  const [head, ...rest] = lines;
  if (head === undefined)
    return { rows: [], columns: [], unknownColumns: [], problems: [problem({ line: 1 }, "empty-sheet")] };
  const named = head.cells.map((cell) => nameOf(cell, known));
  const columns = named.filter((name) => name !== null);
  const problems = headProblems(head, columns, needed);
  const table = {
    columns: [...new Set(columns)],
    unknownColumns: head.cells
      .filter((cell, index) => named[index] === null && cell.trim() !== "")
      .map(shown),
  };
  if (problems.length > 0) return { ...table, rows: [], problems };
  const rows = rest.flatMap((line) => {
    // A head without the needed columns has been refused, so a row of as many cells has them.
    if (line.cells.length === head.cells.length)
      return [{ line: line.line, cells: cellsOf(line, named) as Cells<Column, Needed> }];
    problems.push(
      problem(line, "other-cell-count", { cells: line.cells.length, columns: head.cells.length }),
    );
    return [];
  });
  return { ...table, rows, problems };
}

/** `Time zone`, `time_zone` and `timezone` are one column to whoever types it. */
const bare = (text: string) =>
  unguardCell(text.trim())
    .toLowerCase()
    .replace(/[\s_-]/g, "");

function nameOf<Column extends string>(cell: string, known: readonly Column[]): Column | null {
  return known.find((name) => bare(name) === bare(cell)) ?? null;
}

function headProblems(
  head: SheetLine,
  columns: readonly string[],
  needed: readonly string[],
): SheetProblem[] {
  const missing = needed.filter((name) => !columns.includes(name));
  const doubled = columns.filter((name, index) => columns.indexOf(name) !== index);
  return [
    ...missing.map((column) => problem({ line: head.line, column }, "missing-column")),
    ...doubled.map((column) => problem({ line: head.line, column }, "doubled-column")),
  ];
}

function cellsOf<Column extends string>(
  { cells }: SheetLine,
  named: readonly (Column | null)[],
): Partial<Record<Column, string>> {
  const found: Partial<Record<Column, string>> = {};
  cells.forEach((cell, index) => {
    const name = named[index];
    if (name != null) found[name] = unguardCell(cell).trim();
  });
  return found;
}
