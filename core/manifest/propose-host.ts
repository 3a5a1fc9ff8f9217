import { type Draft, draft, idPart, note } from "#core/manifest/draft.ts";
import { PROVIDED_MAX_AGE_MS, readDiskFree } from "#core/manifest/read-host.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

/** Disk, clock, Nix, operating system and what device owners publish (SEE-12, SEE-16). */
export function proposeHost(facts: Facts): Draft[] {
  return [...disks(facts), ...clock(facts), ...nix(facts), ...system(facts), ...provided(facts)];
}

const FREE_PERCENT_MIN = 5;

/** F18: a full disk stops acquisitions and rollbacks. Only file systems that belong to the machine. */
function disks(facts: Facts): Draft[] {
  if (facts.disks?.state !== "observed") return [];
  return facts.disks.value
    .filter(({ purpose }) => purpose !== "other" && purpose !== "unknown")
    .flatMap(({ mount }) => diskFree(facts, mount));
}

function diskFree(facts: Facts, mount: string): Draft[] {
  const reading = readDiskFree(facts, { mount });
  if (reading.state !== "known") return [];
  const low = typeof reading.value === "number" && reading.value < FREE_PERCENT_MIN;
  return draft(
    {
      id: `disk.free${idPart(mount)}`,
      kind: "disk-free",
      args: { mount },
      class: "function",
      unit: "%",
      expect: { op: "range", want: { min: FREE_PERCENT_MIN, max: null } },
    },
    low ? note("low-now") : null,
  );
}

/** F19. A clock that nobody keeps is proposed as it should be, with the note that it is not so now. */
function clock(facts: Facts): Draft[] {
  if (facts.clock?.state !== "observed") return [];
  const { synchronised } = facts.clock.value;
  return draft(
    {
      id: "clock.synchronised",
      kind: "clock-synchronised",
      class: synchronised ? "config" : "info",
      expect: { op: "eq", want: true },
    },
    synchronised ? null : note("not-synchronised-now"),
  );
}

/** The settings that decide whether an unsigned path or a power cut can hurt. */
const NIX_SETTINGS = ["require-sigs", "fsync-metadata", "fsync-store-paths"] as const;

function nix(facts: Facts): Draft[] {
  if (facts.nix?.state !== "observed") return [];
  const { settings } = facts.nix.value;
  return NIX_SETTINGS.flatMap((name) => {
    const want = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (want === undefined) return [];
    return draft({
      id: `nix.${name}`,
      kind: "nix-setting",
      args: { name },
      class: "config",
      expect: { op: "eq", want },
    });
  });
}

/** Without NixOS the version of the system is the best name it has for what runs. */
function system(facts: Facts): Draft[] {
  if (facts.host?.state !== "observed" || facts.host.value.os !== "other") return [];
  const { osName, osVersion } = facts.host.value;
  return [
    ...draft({
      id: "host.os-name",
      kind: "host",
      args: { field: "osName" },
      class: "config",
      expect: { op: "eq", want: osName },
    }),
    ...draft({
      id: "host.os-version",
      kind: "host",
      args: { field: "osVersion" },
      class: "config",
      expect: { op: "eq", want: osVersion },
    }),
  ];
}

type Provided = FactValue<"provided">[number];

function provided(facts: Facts): Draft[] {
  if (facts.provided?.state !== "observed") return [];
  return facts.provided.value
    .filter(({ quality, value }) => value !== null && (quality === "good" || quality === "suspect"))
    .flatMap(oneProvided);
}

function oneProvided({ owner, id, unit, quality, ageMs }: Provided): Draft[] {
  // What is old already is published rarely; limiting its age would make a finding at once.
  const ageless = ageMs > PROVIDED_MAX_AGE_MS;
  const suspect = quality === "suspect" ? note("value-suspect") : null;
  return draft(
    {
      id: `provided.${idPart(owner)}.${idPart(id)}`,
      kind: "provided",
      args: { owner, id, ...(ageless ? { maxAgeMs: "none" } : {}) },
      class: "info",
      owner,
      ...(unit === null ? {} : { unit }),
      expect: { op: "present", want: true },
    },
    suspect ?? (ageless ? note("not-published-often") : null),
  );
}
