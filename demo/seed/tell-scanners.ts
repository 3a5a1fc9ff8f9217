import type { Term } from "#core/ask/terms.ts";
import type { SystemRef } from "#demo/host/host-state.ts";
import { Systems } from "#demo/host/systems.ts";
import type { ModelName } from "#demo/model/model.ts";
import type { FleetPlan, PlannedScanner } from "#demo/plan/plan.ts";
import { Contents } from "#demo/seed/contents.ts";
import { type Lines, linesOf } from "#demo/seed/copy-in.ts";
import { createFactsMaker } from "#demo/seed/facts-at.ts";
import { seededReleases } from "#demo/seed/known-releases.ts";
import { type Narrator, narrate } from "#demo/seed/narrate.ts";
import * as rows from "#demo/seed/scanner-rows.ts";
import { seriesRows } from "#demo/seed/series-rows.ts";

/** The tables that a scanner's own history is kept in. */
export type ToldTable =
  | "FactInterval"
  | "ScannerState"
  | "ScannerLink"
  | "FindingInterval"
  | "HeadlineInterval"
  | "NumericSeries";
/** @property keyIds of the keys that the scanners of the plan report with, in its order */
export type ToTell = { plan: FleetPlan; keyIds: readonly string[] };
/** Everything that is kept of a few scanners, as text for COPY. */
export type Told = { scanners: number; tables: Partial<Record<ToldTable, Lines>> };
/** What all told scanners share, known at the end: the index of their facts, and the closures that somebody built on site. */
export type Shared = {
  contents: (readonly [setId: string, terms: readonly Term[]])[];
  systems: (readonly [model: ModelName, ref: SystemRef])[];
};

/** Small enough for a first quarter to be told soon, and large enough to be handed on without ado. */
const SCANNERS_AT_ONCE = 12;

/** Tells the scanners of some models, a few at a time. Scanners of one model have most of their facts in common. */
export async function tellScanners(
  { plan, keyIds }: ToTell,
  models: readonly ModelName[],
  take: (told: Told) => Promise<void>,
): Promise<Shared> {
  const systems = new Systems(plan.releases);
  const maker = createFactsMaker(systems);
  const narrator: Narrator = { plan, systems, maker, releases: seededReleases(plan) };
  const contents = new Contents();
  const mine = [...plan.scanners.entries()].filter(([, { model }]) => models.includes(model));
  try {
    for (let from = 0; from < mine.length; from += SCANNERS_AT_ONCE) {
      const some = mine.slice(from, from + SCANNERS_AT_ONCE);
      const told = await Promise.all(
        some.map(([at, scanner]) => tell({ ...narrator, contents, keyIds }, scanner, at)),
      );
      await take({ scanners: some.length, tables: joined(told) });
    }
  } finally {
    maker.close();
  }
  return { contents: contents.sets(), systems: systems.refs() };
}

type Rows = Record<ToldTable, rows.Row[]>;

async function tell(
  narrator: Narrator & { contents: Contents; keyIds: readonly string[] },
  scanner: PlannedScanner,
  at: number,
): Promise<Rows> {
  const { plan, contents, keyIds } = narrator;
  const { ledger } = await narrate(narrator, scanner);
  const root = rows.rootOf(plan, scanner);
  const id = rows.rowIds(plan, scanner);
  const digest = rows.believedDigest(ledger);
  const state = rows.stateRow(root, ledger, digest);
  const findings = rows.findingRows(root, ledger, id);
  const headlines = rows.headlineRows(root, ledger, id);
  return {
    ScannerState: state === null ? [] : [state],
    ScannerLink: [{ ...rows.linkRow(root, ledger, digest), keyId: keyIds[at] ?? null }],
    FindingInterval: findings,
    HeadlineInterval: headlines,
    FactInterval: rows.factRows(root, ledger, id, contents),
    NumericSeries: seriesRows(plan, scanner, at),
  };
}

function joined(told: readonly Rows[]): Told["tables"] {
  const tables: Told["tables"] = {};
  for (const table of Object.keys(told[0] ?? {}) as ToldTable[]) {
    const all = told.flatMap((one) => one[table]);
    if (all[0] !== undefined) tables[table] = linesOf(rows.columnsOf(all[0]), rows.cellsOf(all));
  }
  return tables;
}
