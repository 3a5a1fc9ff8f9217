// Writes nix/units/*.in from nix/modules/agent.nix. Needs Nix and the library of nixpkgs, which is not part of this repository:
//   git clone https://github.com/nix-community/nixpkgs.lib && NIX_PATH=nixpkgs-lib=$PWD/nixpkgs.lib node scripts/render-units.mjs
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
export const UNITS = join(ROOT, "nix/units");

/** Why nothing can be rendered here, or null. @returns {string | null} */
export function whyNotRendered() {
  const asked = spawnSync("nix-instantiate", ["--find-file", "nixpkgs-lib"], { encoding: "utf8" });
  if (asked.error !== undefined) return "no nix";
  return asked.status === 0 ? null : "no nixpkgs-lib in NIX_PATH";
}

/**
 * One attribute of nix/render.nix; throws with what Nix said.
 * @param {string} attribute @param {string} [configuration] a Nix expression: the scanner's own configuration
 * @returns {unknown}
 */
export function evaluate(attribute, configuration) {
  const told = configuration === undefined ? "" : `configuration = ${configuration};`;
  const expression = `(import ${join(ROOT, "nix/render.nix")} { ${told} }).${attribute}`;
  const ran = spawnSync("nix-instantiate", ["--eval", "--strict", "--json", "-E", expression], {
    encoding: "utf8",
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout);
}

/** The units by file name. @returns {Record<string, string>} */
export function renderUnits() {
  return /** @type {Record<string, string>} */ (evaluate("units"));
}

/** The units as they are committed. @returns {Record<string, string>} */
export function committedUnits() {
  return Object.fromEntries(
    readdirSync(UNITS).map((name) => [name, readFileSync(join(UNITS, name), "utf8")]),
  );
}

if (process.argv[1] === import.meta.filename) {
  const why = whyNotRendered();
  if (why !== null) throw new Error(`cannot render: ${why}`);
  const units = renderUnits();
  for (const name of Object.keys(committedUnits())) if (!(name in units)) rmSync(join(UNITS, name));
  for (const [name, text] of Object.entries(units)) writeFileSync(join(UNITS, name), text);
  console.log(`${Object.keys(units).length} units written to nix/units`);
}
