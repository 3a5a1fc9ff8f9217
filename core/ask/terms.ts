import type { Shelf } from "#core/ask/kinds.ts";
import type { StableFact } from "#core/report/digest.ts";
import { canonicalJson } from "#core/report/digest.ts";
import type { FactKind, FactValue } from "#core/report/kinds.ts";

/** One thing that can be asked for, and what is said of it: a module and its version, a unit and its state. "" says nothing. */
export type Term = { kind: Shelf; name: string; value: string };

/** An index entry of PostgreSQL holds 2,700 bytes; what is longer is found by its beginning. */
const MAX_NAME = 300;
const MAX_VALUE = 200;

type Source = { [K in FactKind]?: (value: FactValue<K>) => Term[] };

const term = (kind: Shelf, name: string, value: string | null): Term => ({ kind, name, value: value ?? "" });

const SOURCES = {
  kernel: ({ release, realtime, parameters }) => [
    term("kernel", "kernel", release),
    term("kernel", "realtime", realtime ? "yes" : "no"),
    ...parameters.flatMap(parameterTerm),
  ],
  modules: ({ loaded }) =>
    loaded.map(({ name, version, srcversion }) =>
      term("module", name, version ?? (srcversion === null ? null : `srcversion ${srcversion}`)),
    ),
  units: ({ units }) => units.map(({ name, active, sub }) => term("unit", name, `${active} (${sub})`)),
  provided: (values) => values.flatMap(providedTerms),
  firmware: ({ vendor, version }) => [term("firmware", vendor ?? "firmware", version)],
  pci: (devices) =>
    devices.flatMap(({ vendor, device, driver }) => [
      term("pci", `${vendor}:${device}`, driver),
      ...(driver === null ? [] : [term("driver", driver, `pci ${vendor}:${device}`)]),
    ]),
  usb: (devices) =>
    devices.flatMap(({ vendor, product, drivers }) => [
      term("usb", `${vendor}:${product}`, drivers.join(" ")),
      ...drivers.map((driver) => term("driver", driver, `usb ${vendor}:${product}`)),
    ]),
  gpus: ({ cards, userlandVersion, problem }) => [
    ...cards.map(({ name, driverVersion }) => term("gpu", name, driverVersion)),
    ...(userlandVersion === null ? [] : [term("gpu", "userland", userlandVersion)]),
    ...(problem === null ? [] : [term("gpu", "problem", problem)]),
  ],
  deviceNodes: (nodes) =>
    nodes.map(({ path, kind, target }) => term("node", path, target === null ? kind : `→ ${target}`)),
  safety: ({ daemon, version, last }) => [
    ...(daemon === null ? [] : [term("safety", daemon, version)]),
    ...(last?.limitsHash == null ? [] : [term("safety", "limits", last.limitsHash)]),
  ],
  host: ({ osName, osVersion }) => [term("os", osName, osVersion)],
  nix: ({ version, settings }) => [
    term("nix", "nix", version),
    ...Object.entries(settings).map(([name, value]) => term("nix", name, value)),
  ],
  agent: ({ version }) => [term("agent", "agent", version)],
  closures: ({ running }) => (running.state === "observed" ? [term("running", running.value.path, "")] : []),
  closureDigests: (digests) => digests.map(({ toplevel, digest }) => term("digest", toplevel, digest)),
} as const satisfies Source;

/** `init=` names the toplevel and is another on every release; it is found as a path. */
function parameterTerm(parameter: string): Term[] {
  const at = parameter.indexOf("=");
  const name = at < 0 ? parameter : parameter.slice(0, at);
  return name === "init" ? [] : [term("parameter", name, at < 0 ? "set" : parameter.slice(at + 1))];
}

function providedTerms({ owner, id, value, unit }: FactValue<"provided">[number]): Term[] {
  const name = `${owner}/${id}`;
  if (typeof value === "number") return [term("number", name, unit)];
  const text = value === null ? null : String(value);
  const said = [term("provided", name, text)];
  return /firmware|fpga|bitstream/i.test(id) ? [...said, term("firmware", name, text)] : said;
}

/**
 * The terms of one fact as history keeps it, each once, in a fixed order; null: the scanner could not see it, which is not the same
 * as having none of it (SEE-14).
 */
export function termsOf(kind: string, fact: StableFact): Term[] | null {
  if (!("observed" in fact)) return null;
  if (!Object.hasOwn(SOURCES, kind)) return [];
  const source = SOURCES[kind as keyof typeof SOURCES] as (value: unknown) => Term[];
  const said = source(fact.observed).map(clipped);
  const terms = new Map(said.map((one) => [canonicalJson(one), one]));
  return [...terms].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function clipped({ kind, name, value }: Term): Term {
  return { kind, name: beginning(name, MAX_NAME), value: beginning(value, MAX_VALUE) };
}

/** So many characters; most texts are shorter however they are counted. */
function beginning(text: string, characters: number): string {
  return text.length <= characters ? text : [...text].slice(0, characters).join("");
}

/** What two facts have in common when they have the same terms: its SHA-256 names the content in the index. */
export function contentText(terms: readonly Term[]): string {
  return `fiducial.terms.v1\n${canonicalJson(terms)}`;
}
