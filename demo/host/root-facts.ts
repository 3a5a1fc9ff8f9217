import type { HostGeneration, HostState } from "#demo/host/host-state.ts";
import type { Picture } from "#demo/host/picture.ts";
import type { HostSystem, Systems } from "#demo/host/systems.ts";

/** What root's fiducial-facts tells of a simulated host, as the objects that its files hold. */

const COMPUTED_AFTER_MS = 95_000;
const NIX_SETTINGS = {
  "require-sigs": "true",
  "fsync-metadata": "true",
  "fsync-store-paths": "true",
  sandbox: "true",
  substituters: "https://cache.fiducial.example",
  "trusted-public-keys": "cache.fiducial.example-1:9mWxGgT0dE0Zbn3h3sLCbKxwY2uPq8oXbq1rJ6sUu5M=",
};

export function closureFacts(picture: Picture, systems: Systems) {
  const { state } = picture;
  const newestMs = state.generations.reduce(
    (newest, one) => (one.number > newest.number ? one : newest),
    state.generations[0] ?? { number: 0, createdAtMs: 0 },
  ).createdAtMs;
  const nextBoot = state.generations.find(({ number }) => number === state.links.nextBoot);
  return {
    schema: "fiducial.closures/1",
    writtenAtMs: newestMs,
    digests: closureDigests(picture, systems),
    problems: [],
    nix: { version: "2.31.2", settings: NIX_SETTINGS },
    nixProblem: null,
    loaderDefault: nextBoot === undefined ? null : systems.get(state.model, nextBoot.system).toplevel,
    loaderProblem: nextBoot === undefined ? { code: "loader-entry-missing" } : null,
    loader: "systemd-boot",
    loaderEntry: `nixos-generation-${state.links.nextBoot}.conf`,
  };
}

/** One for each closure that a generation on the disk leads to, computed when the oldest of those was made. */
export function closureDigests({ state }: Picture, systems: Systems) {
  const newest = [...state.generations].sort((a, b) => b.number - a.number);
  const oldestOf = new Map<HostSystem, HostGeneration>();
  for (const one of newest) oldestOf.set(systems.get(state.model, one.system), one);
  return [...oldestOf].map(([system, { createdAtMs }]) => ({
    toplevel: system.toplevel,
    narHash: system.narHash,
    digest: system.digest,
    pathCount: system.pathCount,
    narSize: system.narSize,
    computedAtMs: createdAtMs + COMPUTED_AFTER_MS,
  }));
}

export function linkedMs({ generations }: HostState, number: number): number {
  return generations.find((one) => one.number === number)?.createdAtMs ?? 0;
}

const VERIFIED_AFTER_MS = 2 * 60_000;
const VERIFIES_FOR_MS = 23 * 60_000;

export function verificationFacts(picture: Picture, nowMs: number) {
  const finishedAtMs = verifiedMs(picture);
  return {
    schema: "fiducial.verification/1",
    writtenAtMs: Math.min(finishedAtMs, nowMs),
    verification: verification(picture, nowMs),
  };
}

/** When the verification of the running generation is through. */
export function verifiedMs({ state }: Picture): number {
  return linkedMs(state, state.links.running) + VERIFIED_AFTER_MS + VERIFIES_FOR_MS;
}

/** Each generation is verified once after it was made; a reboot does not begin that anew. */
export function verification(picture: Picture, nowMs: number) {
  const { running } = picture.systems;
  const finishedAtMs = verifiedMs(picture);
  const startedAtMs = finishedAtMs - VERIFIES_FOR_MS;
  const finished = nowMs >= finishedAtMs;
  const share = Math.min(1, Math.max(0, (nowMs - startedAtMs) / VERIFIES_FOR_MS));
  return {
    toplevel: running.toplevel,
    phase: finished ? "finished" : "running",
    checkedPaths: Math.floor(share * running.pathCount),
    totalPaths: running.pathCount,
    startedAtMs: Math.min(startedAtMs, nowMs),
    finishedAtMs: finished ? finishedAtMs : null,
    bad: [],
    moreBad: 0,
  } as const;
}
