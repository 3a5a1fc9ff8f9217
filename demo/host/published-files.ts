import type { HostClock } from "#demo/host/clock.ts";
import type { Layer } from "#demo/host/file-tree.ts";
import type { Picture, ValueLook } from "#demo/host/picture.ts";
import { wanderedAt } from "#demo/host/wander.ts";
import type { Model, ProvidedValue } from "#demo/model/model.ts";

const FOLDER = "/run/fiducial/facts.d";
/** Owners publish every few seconds; what they publish is made when it is read. */
const PUBLISHED_EVERY_MS = 5_000;
const DAY_MS = 24 * 60 * 60_000;

/** facts.d: one file per owner, as docs of the agent describe it ("fiducial.facts/1"). */
export function addPublished(layer: Layer, picture: Picture, clock: HostClock): void {
  for (const [owner, values] of ownersOf(picture.model)) {
    const told = values.map((one) => picture.values[`${one.owner}/${one.id}`] ?? null);
    layer.set(`${FOLDER}/${owner}.json`, {
      kind: "file",
      text: () => `${JSON.stringify(publication({ owner, values }, picture, clock))}\n`,
      mtimeMs: picture.state.boot.atMs,
      stamp: JSON.stringify(told),
    });
  }
}

/** What stands in the files of all owners, in the order in which a folder lists them. */
export function publications(picture: Picture, clock: HostClock): Publication[] {
  return ownersOf(picture.model).map(([owner, values]) => publication({ owner, values }, picture, clock));
}

type Publication = {
  schema: "fiducial.facts/1";
  owner: string;
  bootId: string;
  uptimeMs: number;
  facts: (Pick<ProvidedValue, "id" | "unit"> & ValueLook)[];
};

type Owned = readonly [owner: string, values: readonly ProvidedValue[]];
const owners = new WeakMap<Model, readonly Owned[]>();

function ownersOf(model: Model): readonly Owned[] {
  const known = owners.get(model);
  if (known !== undefined) return known;
  const grouped = new Map<string, ProvidedValue[]>();
  for (const value of model.provided) {
    const of = grouped.get(value.owner) ?? [];
    of.push(value);
    grouped.set(value.owner, of);
  }
  const made = [...grouped].sort(([a], [b]) => (`${a}.json` < `${b}.json` ? -1 : 1));
  owners.set(model, made);
  return made;
}

type Published = { owner: string; values: readonly ProvidedValue[] };

function publication({ owner, values }: Published, picture: Picture, clock: HostClock): Publication {
  const { state } = picture;
  const upMs = Math.max(0, clock.steadyMs() - state.boot.atMs);
  const nowMs = clock.nowMs();
  return {
    schema: "fiducial.facts/1",
    owner,
    bootId: state.boot.id,
    uptimeMs: Math.floor(upMs / PUBLISHED_EVERY_MS) * PUBLISHED_EVERY_MS,
    facts: values.map((one) => {
      const { id, unit } = one;
      const told = picture.values[`${owner}/${id}`];
      const { value, quality } = told ?? { value: healthyValue(one, state, nowMs), quality: "good" };
      return { id, value, unit, quality };
    }),
  };
}

type Who = Pick<Picture["state"], "serial" | "calibratedAtMs">;

function healthyValue({ owner, id, value }: ProvidedValue, who: Who, nowMs: number): ValueLook["value"] {
  if (value === "calibration-days") return Math.max(0, Math.floor((nowMs - who.calibratedAtMs) / DAY_MS));
  return typeof value === "object" ? wanderedAt(value, `${who.serial} ${owner} ${id}`, nowMs) : value;
}
