import { createHash } from "node:crypto";
import { closureDigestText } from "#core/closure/digest.ts";
import type { Listing } from "#core/closure/listing.ts";
import { closure } from "#tests/fixtures/made-closure.ts";
import { closuresFact, unit, unitsFact } from "#tests/integration/report-body.ts";

/** Reports of a fleet that differs in everything one can ask for, with what each says in the simplest words. */
export type Said = {
  modules: Record<string, string | null> | null;
  units: Record<string, string> | null;
  firmware: string | null;
  level: number | null;
  pci: Record<string, string | null>;
  /** Store names of the running closure; null: its path list was never sent. */
  closure: string[] | null;
};

export const RELEASES: readonly { names: readonly string[]; sent: boolean }[] = [
  {
    names: ["nixos-system-a", "openssl-3.0.12", "openssl-3.0.12-dev", "linux-6.12.40", "zlib-1.3"],
    sent: true,
  },
  {
    names: ["nixos-system-b", "openssl-3.0.13", "openssl-3.0.13-bin", "linux-6.12.51", "zlib-1.3"],
    sent: true,
  },
  { names: ["nixos-system-c", "openssl-3.0.13", "openssl-1.1.1w", "linux-6.12.51", "curl-8.10"], sent: true },
  { names: ["nixos-system-d", "openssl-3.2", "linux-6.12.54"], sent: false },
];

export function listingOf(release: number): Listing {
  const names = RELEASES[release]?.names ?? [];
  return closure(names.map((name, at) => ({ name, needs: at === 0 ? names.slice(1) : [] })));
}

export function digestOf(listing: Listing): string {
  return createHash("sha256").update(closureDigestText(listing.paths)).digest("hex");
}

const observed = (value: unknown) => ({ state: "observed", value });

/** One report's facts from a source of numbers below 1, and what they say. */
export function makeReport(random: () => number): {
  facts: Record<string, unknown>;
  said: Said;
  release: number;
} {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const release = Math.floor(random() * RELEASES.length);
  const listing = listingOf(release);
  const modules =
    random() < 0.15
      ? null
      : { nvidia: pick(["570.9", "580.82", "580.95", null]), snd_pcm: null as string | null };
  const units =
    random() < 0.1 ? null : { "gcaps.service": pick(["active", "failed"]), "daq.service": "active" };
  const firmware = pick([null, "SURVBOX:2", "SURVBOX:3"]);
  const level = pick([null, 17.5, 42, 63]);
  const pci = { "10de:2531": pick(["nvidia", "nouveau", null]) };
  const facts: Record<string, unknown> = {
    closures: closuresFact(listing.toplevel),
    closureDigests: observed([
      {
        toplevel: listing.toplevel,
        narHash: "0".repeat(64),
        digest: digestOf(listing),
        pathCount: listing.paths.length,
        narSize: 1,
        computedAtMs: 1,
      },
    ]),
    modules:
      modules === null
        ? { state: "unknown", reason: { code: "not-readable" } }
        : observed({
            loaded: Object.entries(modules).map(([name, version]) => ({
              name,
              version,
              srcversion: null,
              taint: "",
            })),
            differsFromBootedTree: observed([]),
            differsFromCurrentTree: observed([]),
          }),
    ...(units === null
      ? {}
      : { units: unitsFact(...Object.entries(units).map(([name, state]) => unit(name, state))) }),
    provided: observed([
      ...(firmware === null ? [] : [provided("su", "firmware", firmware)]),
      ...(level === null ? [] : [provided("tank", "level", level)]),
    ]),
    pci: observed(
      Object.entries(pci).map(([id, driver]) => ({
        ...{ address: "0000:01:00.0", vendor: id.slice(0, 4), device: id.slice(5) },
        ...{ subsystem: null, class: "030000", driver },
      })),
    ),
  };
  const sent = RELEASES[release]?.sent === true;
  return {
    facts,
    release,
    said: {
      modules,
      units,
      firmware,
      level,
      pci,
      closure: sent ? [...(RELEASES[release]?.names ?? [])] : null,
    },
  };
}

function provided(owner: string, id: string, value: string | number) {
  return { owner, id, value, unit: null, quality: "good", ageMs: 0 };
}

/** Numbers that are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
