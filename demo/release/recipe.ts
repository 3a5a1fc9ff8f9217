import type { ModelName } from "#demo/model/model.ts";

/** One package as a release's configuration asks for it; versions move at the release with that counter. */
export type Recipe = {
  name: string;
  /** Counter from which a version holds, ascending; the first is 1. */
  versions: readonly { from: number; version: string }[];
  kib: number;
  /** Names of other recipes. */
  needs: readonly string[];
  /** Empty: every model has it. */
  models: readonly ModelName[];
};

/**
 * Reads a table of `name | version from:version … | KiB | needs | models` lines. A version holds until the next one; a name without
 * a version is generated configuration.
 */
export function recipes(table: string): Recipe[] {
  return table
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(recipe);
}

function recipe(line: string): Recipe {
  const [name = "", versions = "", kib = "", needs = "", models = ""] = line
    .split("|")
    .map((cell) => cell.trim());
  if (name === "" || !/^\d+$/.test(kib)) throw new Error(`not a recipe: ${line}`);
  return {
    name,
    versions: ladder(versions),
    kib: Number(kib),
    needs: words(needs),
    models: words(models) as ModelName[],
  };
}

/** `version from:version …`, read. */
export function ladder(cell: string): Recipe["versions"] {
  return words(cell).map(versionFrom);
}

function words(cell: string): string[] {
  return cell.split(/\s+/).filter((word) => word !== "");
}

function versionFrom(word: string): { from: number; version: string } {
  const [, from, version] = /^(\d):(.+)$/.exec(word) ?? [null, "1", word];
  return { from: Number(from), version: version ?? word };
}

/** "" for what has no version. */
export function versionAt({ versions }: Pick<Recipe, "versions">, counter: number): string {
  return versions.findLast(({ from }) => from <= counter)?.version ?? "";
}
