import { createCollector } from "#agent/collect/collect.ts";
import type { Headline } from "#core/headline/axes.ts";
import { headlineOf } from "#core/headline/headline.ts";
import type { ReleaseId } from "#core/identity/identity.ts";
import type { KnownRelease } from "#core/manifest/released.ts";
import { type LinkState, SILENT_LINK } from "#core/report/link-state.ts";
import type { Facts } from "#core/report/report.ts";
import type { SimulatedHost } from "#demo/host/simulated-system.ts";
import { manifestFor } from "#demo/model/manifest.ts";
import type { DemoRelease } from "#demo/release/release.ts";
import { type Conclusion, conclude } from "#server/report/conclude.ts";
import { situationOf } from "#server/report/situation.ts";

/** What the agent would report of itself on a healthy scanner. */
const AGENT_FACT = {
  version: "0.1.0",
  node: "v24.0.0",
  mode: "service",
  user: "unprivileged",
  changesEnabled: false,
  residentBytes: 0,
  anonymousBytes: 0,
  cpuMs: 0,
  startedAtMs: 0,
  wakeups: 0,
  outboxReports: 0,
  droppedReports: 0,
  proxy: null,
  customCa: false,
  problems: [],
} as const;

/** One reading of the host by the real collector. */
function collectFacts(host: SimulatedHost): Promise<Facts> {
  return createCollector(host.system, {
    runDir: "/run/fiducial",
    safetySocket: "/run/fiducial/safety.sock",
    profiles: "/nix/var/nix/profiles",
    mode: "service",
    agentFact: () => ({ ...AGENT_FACT, problems: [] }),
  }).collect();
}

export type Seen = { facts: Facts; conclusion: Conclusion; headline: Headline };

type Judging = {
  releases: readonly DemoRelease[];
  nowMs: number;
  link?: Partial<LinkState>;
  identity?: "locked-out";
};

/** What the server would conclude from one report of the host; the newest release is pinned. */
export async function seenBy(host: SimulatedHost, judging: Judging): Promise<Seen> {
  const { releases, nowMs } = judging;
  const facts = await collectFacts(host);
  const known = releases.map(knownRelease);
  const skewMs = host.system.nowMs() - nowMs;
  const evidence = {
    facts,
    atMs: nowMs,
    observedAgoMs: 0,
    skewMs,
    releases: known,
    pinned: known.at(-1) ?? null,
  };
  const conclusion = conclude(evidence, null);
  const link: LinkState = { ...SILENT_LINK, lastSeenMs: nowMs, skewMs, ...judging.link };
  const standing = {
    identity: judging.identity ?? "approved",
    service: "in-service",
    serviceUntilMs: null,
    createdAtMs: 0,
  } as const;
  const now = { nowMs, observingSinceMs: 0 };
  return { facts, conclusion, headline: headlineOf(situationOf(standing, conclusion.beliefs, link, now)) };
}

function knownRelease(release: DemoRelease): KnownRelease {
  return {
    releaseId: release.digest as ReleaseId,
    toplevel: release.toplevel,
    counter: release.counter,
    origin: "signed",
    own: false,
    createdAtMs: release.publishedAtMs,
    manifest: manifestFor(release),
  };
}
