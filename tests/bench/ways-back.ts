import { type Bench, byEffort, type Context, type Outcome } from "#tests/bench/bench.ts";
import { ChangeBed, LONG_PROBATION } from "#tests/bench/change-bed.ts";
import { alone, atMost } from "#tests/bench/figure.ts";
import { quantile } from "#tests/bench/statistics.ts";
import { whyNoHost } from "#tests/system/host-root.ts";
import type { Built } from "#tests/system/workshop.ts";

/** Ways in which the daemon turns bad during probation, and what makes it well again afterwards. */
const FAILURES = [
  { what: "trips, and says so", begin: "trip", end: "reset" },
  { what: "falls silent", begin: "silent", end: "speak" },
  { what: "ends, and stays away", begin: null, end: null },
] as const;
type Failure = (typeof FAILURES)[number];

async function run(context: Context): Promise<Outcome> {
  const why = whyNoHost();
  if (why !== null) return { kind: "skipped", why };
  const bed = await ChangeBed.make(context);
  const bulk = { count: 10, mib: 1 };
  const target = await bed.release("target", { version: "1", bulk, health: LONG_PROBATION });
  const times = new Map<Failure, number[]>(FAILURES.map((failure) => [failure, []]));
  const runs = byEffort(context, { short: 3, usual: 10, long: 30 });
  for (let run = 0; run < runs; run += 1) {
    const failure = FAILURES[run % FAILURES.length] ?? FAILURES[0];
    context.progress(`the daemon ${failure.what}, run ${run + 1} of ${runs}`);
    times.get(failure)?.push(await wayBack(bed, target, failure));
  }
  const all = [...times.values()].flat();
  return {
    kind: "measured",
    figures: [
      alone(
        {
          id: "ways-back.p95",
          what: `From the daemon's first bad state in probation until the old generation runs, all ${all.length} runs, 95th percentile`,
          unit: "s",
          aim: atMost("measured", 60),
          limits:
            "the patience that follows, by decision: 30 s for a daemon that is silent, because one that is being restarted is silent, too",
        },
        [quantile(all, 0.95)],
      ),
      ...[...times].map(([{ what, begin }, samples]) =>
        alone(
          {
            id: `ways-back.${begin ?? "stop"}`,
            what: `The same, the daemon ${what}`,
            unit: "s",
            limits:
              begin === "trip"
                ? "5 s of patience, then the way back"
                : "30 s of patience after 2 s of silence, then the way back",
          },
          samples,
        ),
      ),
    ],
    notes: [NOTE],
  };
}

const NOTE = `A host on Debian 13 with real Nix and systemd and the daemon of the tests; NixOS's own switch-to-configuration is stood in for as docs/stand-in.md says, so its part
is shorter than on a scanner. The daemon turns bad once the probation has begun; the end is the moment at which the activator itself has seen that
\`/run/current-system\` and the profile are the old generation again and its script has ended. Every run ended that way, or the bench fails.`;

/** Seconds. */
async function wayBack(bed: ChangeBed, built: Built, { begin, end }: Failure): Promise<number> {
  const change = await bed.begin({ name: "target", built });
  await bed.untilTold(change.changeId, ["probation"]);
  const badMs = Date.now();
  await (begin === null ? bed.sh("systemctl stop safetyd.service") : bed.safety(begin));
  await bed.untilTold(change.changeId, ["rolled-back"]);
  const back = (await change.steps()).find(({ step }) => step === "back-settle");
  if (back === undefined) throw new Error("the log does not say when it was back");
  const { current, profile } = await bed.scanner.nixos.seen();
  if (current !== bed.factory.toplevel || profile !== current) throw new Error(`${current} runs afterwards`);
  bed.withdraw();
  await bed.scanner.untilOver(change.changeId);
  await (end === null ? bed.sh("systemctl start safetyd.service") : bed.safety(end));
  await bed.unblock(built);
  return (back.atMs - badMs) / 1000;
}

export const waysBack: Bench = {
  name: "ways-back",
  about: "From an unhealthy safety daemon back to the old generation",
  run,
};
