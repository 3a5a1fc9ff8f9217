import { MAX_TAG_LENGTH, MAX_TAGS, tagOf } from "#core/label/tag.ts";
import { problem, type SheetChange, type SheetProblem, shown } from "#core/sheet/problem.ts";
import { type SheetLine, type SheetRow, tableOf } from "#core/sheet/table.ts";

/** Columns of a sheet of labels, in the order in which they are written. */
export const LABEL_COLUMNS = ["serial", "alias", "model", "revision", "site", "room", "tags"] as const;
type LabelColumn = (typeof LABEL_COLUMNS)[number];

/** Labels that are plain text, by column; empty is none. */
const TEXTS = ["alias", "model", "revision", "room"] as const;
const MAX_LABEL = 120;

export type LabelledScanner = {
  serial: string;
  alias: string | null;
  model: string | null;
  revision: string | null;
  room: string | null;
  site: string;
  tags: readonly string[];
  retired: boolean;
  /** May this person take it away from its site? */
  movable: boolean;
};

export type KnownForLabels = {
  scanners: ReadonlyMap<string, LabelledScanner>;
  /** Sites by name that this person may bring a scanner to. */
  sites: ReadonlyMap<string, { closed: boolean }>;
};

export type LabelPlan = {
  changes: (SheetChange & { to: LabelTarget })[];
  unchanged: number;
  unknownColumns: string[];
  problems: SheetProblem[];
};
/** What a scanner becomes; columns that the sheet does not have are not here. */
type LabelTarget = Partial<Record<(typeof TEXTS)[number], string | null>> & {
  site?: string;
  tags?: string[];
};

/**
 * What a sheet of labels would change. A line names its scanner by serial; a column that is not there leaves its label alone, an empty
 * cell takes it away. Serials nobody enrolled yet are refused by name: a label without a scanner would wait for nobody knows whom.
 */
export function planLabels(lines: readonly SheetLine[], known: KnownForLabels): LabelPlan {
  const table = tableOf(lines, LABEL_COLUMNS, ["serial"]);
  const problems = [...table.problems];
  const changes: LabelPlan["changes"] = [];
  const seen = new Map<string, number>();
  let unchanged = 0;
  for (const row of table.rows) {
    const change = changeOf(row, scannerOf(row, known, seen), known);
    if ("problems" in change) problems.push(...change.problems);
    else if (change.fields.length === 0) unchanged += 1;
    else changes.push(change);
  }
  return { changes, unchanged, unknownColumns: table.unknownColumns, problems };
}

type Row = SheetRow<LabelColumn, "serial">;
type Wrong = { problems: SheetProblem[] };

function changeOf(
  row: Row,
  scanner: LabelledScanner | Wrong,
  known: KnownForLabels,
): LabelPlan["changes"][number] | Wrong {
  if ("problems" in scanner) return scanner;
  const to = targetOf(row, scanner, known);
  if ("problems" in to) return to;
  return { line: row.line, about: scanner.serial, isNew: false, fields: fieldsOf(scanner, to), to };
}

function scannerOf(
  { line, cells }: Row,
  known: KnownForLabels,
  seen: Map<string, number>,
): LabelledScanner | Wrong {
  const { serial } = cells;
  const at = { line, column: "serial" };
  if (serial === "") return { problems: [problem(at, "missing-value")] };
  const first = seen.get(serial);
  if (first !== undefined)
    return { problems: [problem(at, "named-twice", { name: shown(serial), line: first })] };
  seen.set(serial, line);
  const scanner = known.scanners.get(serial);
  if (scanner === undefined) return { problems: [problem(at, "unknown-serial", { serial: shown(serial) })] };
  return scanner.retired ? { problems: [problem(at, "retired-serial", { serial: shown(serial) })] } : scanner;
}

function targetOf(row: Row, scanner: LabelledScanner, known: KnownForLabels): LabelTarget | Wrong {
  const problems: SheetProblem[] = [];
  const target: LabelTarget = {};
  for (const column of TEXTS) {
    const text = row.cells[column];
    if (text === undefined) continue;
    if (text.length > MAX_LABEL)
      problems.push(problem({ line: row.line, column }, "too-long", { max: MAX_LABEL }));
    else target[column] = text === "" ? null : text;
  }
  problems.push(...siteInto(target, row, { scanner, known }), ...tagsInto(target, row));
  return problems.length > 0 ? { problems } : target;
}

function siteInto(
  target: LabelTarget,
  { line, cells }: Row,
  { scanner, known }: { scanner: LabelledScanner; known: KnownForLabels },
): SheetProblem[] {
  const { site } = cells;
  if (site === undefined || site === scanner.site) return [];
  const at = { line, column: "site" };
  if (site === "") return [problem(at, "missing-value")];
  const there = known.sites.get(site);
  if (there === undefined) return [problem(at, "unknown-site", { site: shown(site) })];
  if (there.closed) return [problem(at, "closed-site", { site: shown(site) })];
  if (!scanner.movable) return [problem(at, "move-not-allowed", { site: shown(scanner.site) })];
  target.site = site;
  return [];
}

function tagsInto(target: LabelTarget, { line, cells }: Row): SheetProblem[] {
  if (cells.tags === undefined) return [];
  const at = { line, column: "tags" };
  const typed = cells.tags.split(/[\s,;]+/).filter((one) => one !== "");
  const tags: string[] = [];
  for (const one of typed) {
    const tag = tagOf(one);
    if (tag === null) return [problem(at, "not-a-tag", { tag: shown(one), max: MAX_TAG_LENGTH })];
    tags.push(tag);
  }
  const unique = [...new Set(tags)].sort();
  if (unique.length > MAX_TAGS) return [problem(at, "too-many-tags", { max: MAX_TAGS })];
  target.tags = unique;
  return [];
}

function fieldsOf(scanner: LabelledScanner, target: LabelTarget): SheetChange["fields"] {
  const texts = TEXTS.flatMap((field) => {
    const to = target[field];
    return to === undefined || to === scanner[field] ? [] : [{ field, from: scanner[field], to }];
  });
  const site = target.site === undefined ? [] : [{ field: "site", from: scanner.site, to: target.site }];
  const [from, to] = [scanner.tags.join(" "), target.tags?.join(" ")];
  const tags =
    to === undefined || to === from
      ? []
      : [{ field: "tags", from: from === "" ? null : from, to: to === "" ? null : to }];
  return [...texts, ...site, ...tags];
}
