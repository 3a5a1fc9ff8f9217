import type { Confirmed } from "#core/change/confirmed.ts";
import { healthOf, systemNameOf } from "#demo/ceremony/release-file.ts";
import type { HostState } from "#demo/host/host-state.ts";
import type { Systems } from "#demo/host/systems.ts";

/** Releases on a host's disk that were confirmed there in its past, newest first: what it may go back to. */
export function confirmedBefore({ model, generations }: HostState, systems: Systems): Confirmed[] {
  return [...generations]
    .sort((a, b) => b.createdAtMs - a.createdAtMs)
    .flatMap(({ system: ref, createdAtMs }) => {
      const { release, tracked, toplevel, digest } = systems.get(model, ref);
      if (!tracked || release.flaw !== null) return [];
      return {
        toplevel,
        release: release.name,
        counter: release.counter,
        system: systemNameOf(model),
        closureDigest: digest,
        health: healthOf(model),
        confirmedAtMs: createdAtMs,
      };
    });
}
