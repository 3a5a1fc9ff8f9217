/** Columns of the fleet table, in the order in which the picker offers them; people choose among them. */
export const FLEET_COLUMNS = [
  "headline",
  "scanner",
  "site",
  "model",
  "running",
  "finding",
  "since",
  "safety",
  "report",
  "region",
  "room",
  "tags",
  "items",
  "link",
  "function",
  "software",
  "currency",
  "change",
  "service",
  "hardware",
  "origin",
] as const;
export type FleetColumn = (typeof FLEET_COLUMNS)[number];

export const DEFAULT_COLUMNS: readonly FleetColumn[] = FLEET_COLUMNS.slice(0, 9);
/** A row without its word or its name would be nobody's. */
export const FIXED_COLUMNS: readonly FleetColumn[] = ["headline", "scanner"];

/** Reads a stored choice: columns this program does not have any more are left out, the fixed ones come first. Null: the usual ones. */
export function chosenColumns(stored: readonly string[] | null): readonly FleetColumn[] {
  if (stored === null) return DEFAULT_COLUMNS;
  const known = stored.filter((name): name is FleetColumn => FLEET_COLUMNS.some((column) => column === name));
  return [...new Set([...FIXED_COLUMNS, ...known])];
}

/** The choice with one column switched on, at its usual place among the others, or off. */
export function withColumn(
  chosen: readonly FleetColumn[],
  column: FleetColumn,
  on: boolean,
): readonly FleetColumn[] {
  if (!on) return chosen.filter((one) => one !== column || FIXED_COLUMNS.includes(one));
  return FLEET_COLUMNS.filter((one) => one === column || chosen.includes(one));
}
