import { problem, type SheetChange, type SheetProblem, shown } from "#core/sheet/problem.ts";
import { type SheetLine, type SheetRow, tableOf } from "#core/sheet/table.ts";

/** Columns of a sheet of sites, in the order in which they are written. */
export const SITE_COLUMNS = ["name", "region", "time zone"] as const;
const MAX_NAME = 120;

type KnownSite = { region: string; timeZone: string; closed: boolean };
export type KnownForSites = {
  sites: ReadonlyMap<string, KnownSite>;
  /** Regions by name in which this person may make a site. */
  regions: ReadonlySet<string>;
  /** May this person make a region? */
  newRegions: boolean;
  isTimeZone: (name: string) => boolean;
};

type SiteTarget = { name: string; region: string; timeZone: string };
export type SitePlan = {
  changes: (SheetChange & { to: SiteTarget })[];
  unchanged: number;
  unknownColumns: string[];
  problems: SheetProblem[];
};

/**
 * What a sheet of sites would change. A line names its site; one nobody knows yet is made, in its region, which is made too where it
 * is new. A name is what a site is found by, so it cannot be changed here.
 */
export function planSites(lines: readonly SheetLine[], known: KnownForSites): SitePlan {
  const table = tableOf(lines, SITE_COLUMNS, ["name"]);
  const problems = [...table.problems];
  const changes: SitePlan["changes"] = [];
  const seen = new Map<string, number>();
  let unchanged = 0;
  for (const row of table.rows) {
    const wrong = nameProblem(row, seen);
    const site = known.sites.get(row.cells.name) ?? null;
    const target = wrong === null ? targetOf(row, site, known) : { problems: [wrong] };
    if ("problems" in target) {
      problems.push(...target.problems);
      continue;
    }
    const fields = fieldsOf(site, target);
    if (fields.length === 0) unchanged += 1;
    else changes.push({ line: row.line, about: target.name, isNew: site === null, fields, to: target });
  }
  return { changes, unchanged, unknownColumns: table.unknownColumns, problems };
}

type Row = SheetRow<(typeof SITE_COLUMNS)[number], "name">;

function nameProblem({ line, cells }: Row, seen: Map<string, number>): SheetProblem | null {
  const { name } = cells;
  const at = { line, column: "name" };
  if (name === "") return problem(at, "missing-value");
  if (name.length > MAX_NAME) return problem(at, "too-long", { max: MAX_NAME });
  const first = seen.get(name);
  if (first !== undefined) return problem(at, "named-twice", { name: shown(name), line: first });
  seen.set(name, line);
  return null;
}

function targetOf(
  { line, cells }: Row,
  site: KnownSite | null,
  known: KnownForSites,
): SiteTarget | { problems: SheetProblem[] } {
  const { name } = cells;
  if (site?.closed === true)
    return { problems: [problem({ line, column: "name" }, "closed-site", { site: shown(name) })] };
  const region = cells.region ?? site?.region ?? "";
  const timeZone = cells["time zone"] ?? site?.timeZone ?? "";
  const problems = [
    ...regionProblems({ line, column: "region" }, region, { site, known }),
    ...zoneProblems({ line, column: "time zone" }, timeZone, known),
  ];
  return problems.length > 0 ? { problems } : { name, region, timeZone };
}

type At = { line: number; column: string };

function regionProblems(
  at: At,
  region: string,
  { site, known }: { site: KnownSite | null; known: KnownForSites },
): SheetProblem[] {
  if (region === "") return [problem(at, "missing-value")];
  if (region.length > MAX_NAME) return [problem(at, "too-long", { max: MAX_NAME })];
  if (region === site?.region || known.regions.has(region) || known.newRegions) return [];
  return [problem(at, "unknown-region", { region: shown(region) })];
}

function zoneProblems(at: At, zone: string, { isTimeZone }: KnownForSites): SheetProblem[] {
  if (zone === "") return [problem(at, "missing-value")];
  return isTimeZone(zone) ? [] : [problem(at, "not-a-zone", { zone: shown(zone) })];
}

function fieldsOf(site: KnownSite | null, { region, timeZone }: SiteTarget): SheetChange["fields"] {
  const fields = [
    { field: "region", from: site?.region ?? null, to: region },
    { field: "time zone", from: site?.timeZone ?? null, to: timeZone },
  ];
  return fields.filter(({ from, to }) => from !== to);
}
