import { MODEL_NAMES, type ModelName, SERIAL_PREFIX } from "#demo/model/model.ts";
import { ALIASES, HAMBURG, ROOMS, SITES, TAGS } from "#demo/plan/places.ts";
import { type Random, randomFor } from "#demo/plan/random.ts";

/** What stands on a scanner's type plate and on its door. */
export type ScannerCard = {
  serial: string;
  alias: string | null;
  model: ModelName;
  /** Name of the site. */
  site: string;
  room: string;
  tags: string[];
  hardwareRevision: string;
};

/** Share of each model in the fleet; together 1. */
const MODEL_SHARES: Record<ModelName, number> = {
  "FM-25": 0.45,
  "FM-30": 0.25,
  "FM-H1": 0.12,
  "FS-10": 0.18,
};

/** The scanner that the examples of the documentation talk about. */
const ANNI: ScannerCard = {
  serial: "FM25-0137",
  alias: "Anni",
  model: "FM-25",
  site: HAMBURG,
  room: "Building O10, floor 2, room 217",
  tags: ["cardiac", "clinical"],
  hardwareRevision: "D",
};
const ANNI_NUMBER = 137;

export function isAnni({ serial }: Pick<ScannerCard, "serial">): boolean {
  return serial === ANNI.serial;
}

/** Serials run from 0001 in each model; a fleet too small to reach FM25-0137 has it as its first. */
export function scannerCards({ seed, scanners }: { seed: string; scanners: number }): ScannerCard[] {
  const used = new Map<string, Set<string>>([[HAMBURG, new Set(["Anni"])]]);
  return MODEL_NAMES.flatMap((model, at) => {
    const count = modelCount(scanners, at);
    const anniAt = Math.min(ANNI_NUMBER, count) - 1;
    return Array.from({ length: count }, (_, position) => {
      if (model === ANNI.model && position === anniAt) return ANNI;
      const serial = `${SERIAL_PREFIX[model]}-${String(position + 1).padStart(4, "0")}`;
      return card(serial, model, randomFor(seed, "card", serial), used);
    });
  });
}

/** Rounded so that the models' counts add up to the whole fleet. */
function modelCount(scanners: number, at: number): number {
  const upTo = (end: number) =>
    Math.round(MODEL_NAMES.slice(0, end).reduce((sum, model) => sum + MODEL_SHARES[model], 0) * scanners);
  return upTo(at + 1) - upTo(at);
}

const REVISIONS = ["B", "C", "C", "D", "D", "D"] as const;

function card(serial: string, model: ModelName, random: Random, used: Map<string, Set<string>>): ScannerCard {
  const site = weightedSite(random);
  return {
    serial,
    model,
    site,
    alias: random.chance(0.4) ? freshAlias(site, random, used) : null,
    room: `${random.pick(ROOMS)} ${random.int(1, 489)}`,
    tags: [...new Set(Array.from({ length: random.int(0, 3) }, () => random.pick(TAGS)))].sort(),
    hardwareRevision: random.pick(REVISIONS),
  };
}

const ALL_SHARES = SITES.reduce((sum, { share }) => sum + share, 0);

function weightedSite(random: Random): string {
  let left = random.next() * ALL_SHARES;
  const site = SITES.find(({ share }) => {
    left -= share;
    return left < 0;
  });
  return site?.name ?? HAMBURG;
}

/** No two scanners of a site have one name; null: all names are given there. */
function freshAlias(site: string, random: Random, used: Map<string, Set<string>>): string | null {
  const taken = used.get(site) ?? new Set<string>();
  used.set(site, taken);
  const free = ALIASES.filter((alias) => !taken.has(alias));
  if (free.length === 0) return null;
  const alias = random.pick(free);
  taken.add(alias);
  return alias;
}
