import { headlineOf } from "#core/headline/headline.ts";
import type { ReleaseId } from "#core/identity/identity.ts";
import type { KnownRelease } from "#core/manifest/released.ts";
import { SILENT_LINK } from "#core/report/link-state.ts";
import type { Facts } from "#core/report/report.ts";
import { conclude } from "#server/report/conclude.ts";
import { type Standing, situationOf } from "#server/report/situation.ts";
import { type Bench, byEffort, type Context, type Outcome } from "#tests/bench/bench.ts";
import { compared } from "#tests/bench/figure.ts";
import { inTurns } from "#tests/bench/pairs.ts";
import { MANIFEST_ITEMS, realisticFacts, realisticManifest } from "#tests/bench/realistic.ts";

const AT_MS = 1_795_353_600_000;
const VARIANTS = 16;
/** Facts made at once, outside the time: each is compared once, as a report's are, so that nothing is remembered of it. */
const AT_ONCE = 50;

async function run(context: Context): Promise<Outcome> {
  const variants = Array.from({ length: VARIANTS }, (_, turn) => realisticFacts(turn));
  const texts = variants.map((facts) => JSON.stringify(facts));
  const release = knownRelease(variants[0] ?? {});
  const textOf = (turn: number) => texts[turn % VARIANTS] ?? "{}";
  const fresh = (turn: number) => JSON.parse(textOf(turn)) as Facts;
  const times = byEffort(context, { short: 400, usual: 3_000, long: 6_000 });
  const rounds = byEffort(context, { short: 3, usual: 9, long: 15 });
  const rates = await inTurns(context, "comparisons", rounds, {
    conclude: () => perSecond(times, fresh, (facts) => decide(facts, release)),
    parse: () => perSecond(times, textOf, (text) => JSON.parse(text)),
  });
  const figure = compared(
    {
      id: "comparisons.pure",
      what: `Facts compared with ${MANIFEST_ITEMS} items, axes and headline decided`,
      unit: "/s",
      limits: "walking the report's modules, units and published values once, to know them by name",
    },
    rates.conclude,
    { what: "JSON.parse of the same facts", samples: rates.parse },
  );
  const size = Math.round((texts[0]?.length ?? 0) / 1000);
  return { kind: "measured", figures: [figure], notes: [`One thread, no database; facts of ${size} kB.`] };
}

const STANDING: Standing = {
  identity: "approved",
  service: "in-service",
  serviceUntilMs: null,
  createdAtMs: 0,
};

function decide(facts: Facts, release: KnownRelease): unknown {
  const seen = { facts, atMs: AT_MS, observedAgoMs: 0, skewMs: 0, releases: [release], pinned: release };
  const { beliefs } = conclude(seen, null);
  const link = { ...SILENT_LINK, lastSeenMs: AT_MS };
  const now = { nowMs: AT_MS, observingSinceMs: 0 };
  return headlineOf(situationOf(STANDING, beliefs, link, now));
}

function knownRelease(facts: Facts): KnownRelease {
  const manifest = realisticManifest(facts);
  return {
    releaseId: "01936f3e-7a2b-7c3d-8e4f-5a6b7c8d9e0f" as ReleaseId,
    toplevel: manifest.toplevel,
    counter: null,
    origin: "signed",
    own: false,
    createdAtMs: 0,
    manifest,
  };
}

/** What comes out is added up, so that nobody may leave the work out. */
let results = 0;

async function perSecond<Input>(
  times: number,
  prepare: (turn: number) => Input,
  work: (input: Input) => unknown,
): Promise<number> {
  let tookMs = 0;
  for (let turn = 0; turn < times; turn += AT_ONCE) {
    const inputs = Array.from({ length: Math.min(AT_ONCE, times - turn) }, (_, index) =>
      prepare(turn + index),
    );
    const started = performance.now();
    for (const input of inputs) if (work(input) !== null) results += 1;
    tookMs += performance.now() - started;
  }
  if (results === 0) throw new Error("nothing was decided");
  return (times / tookMs) * 1000;
}

export const comparisons: Bench = {
  name: "comparisons",
  about: "Comparing facts with the expected state",
  run,
};
