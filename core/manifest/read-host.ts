import type { Reading } from "#core/finding/finding.ts";
import { byName } from "#core/manifest/lookup.ts";
import { ABSENT, inFact, known, knownOrAbsent, unseen } from "#core/manifest/reading.ts";
import { FULL_REPORT_MS } from "#core/protocol/timing.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

export const UNIT_FIELDS = ["active", "sub", "enabled", "result", "restarts"] as const;
export const HOST_FIELDS = [
  "hostname",
  "os",
  "osName",
  "osVersion",
  "architecture",
  "hardwareFingerprint",
  "virtualisation",
] as const;

const unitNamed = byName<FactValue<"units">["units"][number]>(({ name }) => name);

/** SEE-12. A unit that systemd has not loaded is absent, unless the list was cut short: then it may only have been left out. */
export function readUnit(
  facts: Facts,
  { name, field }: { name: string; field: (typeof UNIT_FIELDS)[number] },
): Reading {
  return inFact(facts, "units", (units) => {
    const unit = unitNamed(units.units, name);
    if (unit === undefined) return units.more > 0 ? unseen("list-cut-short") : ABSENT;
    if (unit.load === "not-found") return ABSENT;
    return known(unit[field]);
  });
}

export function readSystemState(facts: Facts): Reading {
  return inFact(facts, "units", (units) => known(units.systemState));
}

/** A value of `facts.d` is expected to be published again at least this often, unless its item says otherwise. */
export const PROVIDED_MAX_AGE_MS = FULL_REPORT_MS;

type ProvidedArgs = { owner: string; id: string; maxAgeMs?: string | undefined };

/** NUL is in no text that a report brings, so that no two names are written alike. */
const publishedName = (owner: string, id: string) => `${owner}\0${id}`;
const publishedNamed = byName<FactValue<"provided">[number]>(({ owner, id }) => publishedName(owner, id));

/**
 * SEE-16. What the owner of a device published. The owner's own judgement comes first: a `bad` or `unknown` quality is no value,
 * whatever number stands beside it.
 */
export function readProvided(facts: Facts, { owner, id }: ProvidedArgs): Reading {
  return inFact(facts, "provided", (all) => {
    const one = publishedNamed(all, publishedName(owner, id));
    if (one === undefined) return NOT_PUBLISHED;
    if (one.quality === "bad" || one.quality === "unknown")
      return unseen("quality-not-good", { quality: one.quality });
    if (one.value === null) return unseen("no-value");
    return known(one.value, one.ageMs);
  });
}

/** A value older than this was true once, which is not now; null: it does not age. */
export function providedAgeLimitMs({ maxAgeMs }: ProvidedArgs): number | null {
  return maxAgeMs === "none" ? null : Number(maxAgeMs ?? PROVIDED_MAX_AGE_MS);
}

/** A file of `facts.d` that is gone means its owner is gone: nobody looked, so it is not seen rather than absent. */
const NOT_PUBLISHED = unseen("not-published");

/** Percent of the file system that is free, rounded down; a mount that is not there is absent. */
export function readDiskFree(facts: Facts, { mount }: { mount: string }): Reading {
  return inFact(facts, "disks", (disks) => {
    const disk = disks.find((one) => one.mount === mount);
    if (disk === undefined) return ABSENT;
    if (disk.totalBytes === 0) return unseen("no-size");
    return known(Math.floor((disk.freeBytes / disk.totalBytes) * 100));
  });
}

export function readClock(facts: Facts): Reading {
  return inFact(facts, "clock", (clock) => known(clock.synchronised));
}

export function readClockOffset(facts: Facts): Reading {
  return inFact(facts, "clock", ({ offsetMs }) => (offsetMs === null ? unseen("no-value") : known(offsetMs)));
}

export function readNixVersion(facts: Facts): Reading {
  return inFact(facts, "nix", (nix) => known(nix.version));
}

export function readNixSetting(facts: Facts, { name }: { name: string }): Reading {
  return inFact(facts, "nix", ({ settings }) => {
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    return setting === undefined ? ABSENT : known(setting);
  });
}

export function readHost(facts: Facts, { field }: { field: (typeof HOST_FIELDS)[number] }): Reading {
  return inFact(facts, "host", (host) => knownOrAbsent(host[field]));
}
