import { adoptedManifest, proposeBaseline } from "#core/manifest/adopt.ts";
import type { Manifest } from "#core/manifest/item.ts";
import { exampleFacts, TOPLEVEL } from "#core/report/example-facts.ts";
import { observed } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";

/** Facts as large as a scanner's: about 140 modules, 80 units, 60 provided values, 14 generations; some 35 kB as JSON. */

const MODULES = 140;
const UNITS = 80;
const VALUES = 60;
const GENERATIONS = 14;
const SETTINGS = 24;
export const MANIFEST_ITEMS = 50;

const series = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const hex = (seed: number) => (seed * 2_654_435_761).toString(16).padStart(64, "0").slice(-64);

/** @param turn what differs from report to report: a measured value and a unit's restarts, as on a scanner that works */
export function realisticFacts(turn = 0): Facts {
  const example = exampleFacts();
  return {
    ...example,
    modules: observed({
      loaded: series(MODULES, (index) => ({
        name: `module_${index}`,
        version: index % 3 === 0 ? `5.${index}.1` : null,
        srcversion: hex(index).slice(0, 24).toUpperCase(),
        taint: "",
      })),
      differsFromBootedTree: observed([]),
      differsFromCurrentTree: observed([]),
    }),
    units: observed({ systemState: "running", units: series(UNITS, (index) => unit(index, turn)), more: 0 }),
    provided: observed(series(VALUES, (index) => value(index, turn))),
    generations: observed({
      profile: "/nix/var/nix/profiles/system",
      entries: series(GENERATIONS, (index) => ({
        number: GENERATIONS - index,
        path: generation(index),
        createdAtMs: 1_000 + index,
        present: true,
      })),
      more: 0,
    }),
    closureDigests: observed(
      series(GENERATIONS, (index) => ({
        toplevel: generation(index),
        narHash: hex(index),
        digest: hex(index + 100),
        pathCount: 1_800 + index,
        narSize: 4_000_000_000 + index,
        computedAtMs: 1_000,
      })),
    ),
    nix: observed({
      version: "2.26.3",
      settings: Object.fromEntries(series(SETTINGS, (index) => [`setting-${index}`, "true"])),
    }),
  };
}

function generation(index: number): string {
  return index === 0 ? TOPLEVEL : TOPLEVEL.replace("26.05", `26.05-${index}`);
}

function unit(index: number, turn: number) {
  return {
    name: `scanner-part-${index}.service`,
    load: "loaded",
    active: "active",
    sub: "running",
    result: "success",
    enabled: "enabled",
    restarts: index === 0 ? turn : 0,
    mainStatus: 0,
    sinceMs: 1_000,
  };
}

function value(index: number, turn: number) {
  return {
    owner: `owner-${index % 6}`,
    id: `reading-${index}`,
    value: index === 0 ? turn : 20 + index / 10,
    unit: "degC",
    quality: "good" as const,
    ageMs: 1_000,
  };
}

/** What adopting these facts would expect, cut to as many items as a scanner's manifest has. */
export function realisticManifest(facts: Facts): Manifest {
  const chosen = proposeBaseline(facts).slice(0, MANIFEST_ITEMS);
  const made = adoptedManifest(
    facts,
    chosen.map(({ item }) => ({ id: item.id, class: item.class })),
  );
  if (!made.ok) throw new Error(`no manifest from these facts: ${made.refused}`);
  if (made.manifest.items.length !== MANIFEST_ITEMS)
    throw new Error(`the facts give ${made.manifest.items.length} items`);
  return made.manifest;
}
