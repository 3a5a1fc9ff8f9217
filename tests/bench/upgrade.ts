import { setTimeout as pause } from "node:timers/promises";
import { type Throttle, throttle } from "#agent/fetch/throttle.ts";
import { type Bench, byEffort, type Context, type Figure, type Outcome } from "#tests/bench/bench.ts";
import { BULK, ChangeBed, LONG_PROBATION, loadNote, NOTE, SET, sizeNote } from "#tests/bench/change-bed.ts";
import { type Phases, phasesOf, phasesText, sumOf } from "#tests/bench/change-times.ts";
import { atMost, compared } from "#tests/bench/figure.ts";
import { inTurns } from "#tests/bench/pairs.ts";
import { whyNoHost } from "#tests/system/host-root.ts";
import type { Built } from "#tests/system/workshop.ts";

/** Phases and the step of the journal that ends each. */
const UPGRADE = {
  metadata: "offered",
  download: "copy",
  "into the store": "verify",
  verification: "keep",
  sync: "staged",
  "gates, deadline, profile, boot entry": "switch",
  switch: "restart-agent",
  "agent restart": "probe",
} as const;
const BARE_UPGRADE = { copy: "copy", verify: "verify", sync: "sync", switch: "switch" } as const;
/** Shared by all connections of whoever downloads. */
const LINES = [
  { id: "gigabit", rate: "1 Gbit/s", bytesPerSecond: 125_000_000, rounds: { short: 1, usual: 3, long: 8 } },
  { id: "line", rate: "100 Mbit/s", bytesPerSecond: 12_500_000, rounds: { short: 1, usual: 1, long: 4 } },
] as const;

type Part = {
  id: string;
  what: string;
  limits: string;
  ours: readonly (keyof typeof UPGRADE)[];
  bare: keyof typeof BARE_UPGRADE;
};
const PARTS: readonly Part[] = [
  {
    id: "bring",
    what: "metadata verified, download, into the store",
    limits:
      "every byte is written twice: into the spool by the half that may use the network, from there into the store by the half that may not, while the rest is on its way",
    ours: ["metadata", "download", "into the store"],
    bare: "copy",
  },
  {
    id: "verify",
    what: "every path read and compared",
    limits:
      "Nix reads and hashes what it has just written; ours also compares the list of paths with the signed digest",
    ours: ["verification"],
    bare: "verify",
  },
  {
    id: "sync",
    what: "on the disk",
    limits: "what Nix's own syncs, one before each path is registered, have left to do",
    ours: ["sync"],
    bare: "sync",
  },
  {
    id: "switch",
    what: "gates, deadline, profile, boot entry, switch, agent",
    limits:
      "the gates are looked at, a deadline is set, every step is durable in the journal before it begins, the closure's script runs twice (boot entry, switch), and the agent starts anew",
    ours: ["gates, deadline, profile, boot entry", "switch", "agent restart"],
    bare: "switch",
  },
];

async function run(context: Context): Promise<Outcome> {
  const why = whyNoHost();
  if (why !== null) return { kind: "skipped", why };
  const bed = await ChangeBed.make(context);
  const bulk = byEffort(context, BULK);
  context.progress(`building ${bulk.count} packages, ${bulk.mib} MiB`);
  const target = await bed.release("target", { version: "1", bulk, health: LONG_PROBATION });
  return measure(context, bed, target);
}

async function measure(context: Context, bed: ChangeBed, target: Built): Promise<Outcome> {
  const rounds = byEffort(context, { short: 1, usual: 3, long: 8 });
  const free = await inRounds(context, bed, target, { what: "upgrade", rounds });
  const onLines: Figure[] = [];
  for (const line of LINES) {
    bed.scanner.server.line = lineOf(line.bytesPerSecond);
    const what = `upgrade over ${line.rate}`;
    const { times } = await inRounds(context, bed, target, { what, rounds: byEffort(context, line.rounds) });
    onLines.push(overLine(line, times));
  }
  bed.scanner.server.line = null;
  const phases = `Phases, seconds at the median: ${phasesText(free.ours)}. By shell: ${phasesText(free.bare)}.`;
  return {
    kind: "measured",
    figures: [...onLines, whole(free.times), ...parts(free)],
    notes: [NOTE, sizeNote(target), loadNote(), phases],
  };
}

type Times = Record<"bare" | "fiducial", number[]>;
type Rounds = {
  times: Times;
  ours: Phases<keyof typeof UPGRADE>[];
  bare: Phases<keyof typeof BARE_UPGRADE>[];
};

async function inRounds(
  context: Context,
  bed: ChangeBed,
  target: Built,
  { what, rounds }: { what: string; rounds: number },
): Promise<Rounds> {
  const ours: Rounds["ours"] = [];
  const bare: Rounds["bare"] = [];
  const times = await inTurns(context, what, rounds, {
    bare: async () => {
      bare.push(await bareUpgrade(bed, target));
      await bed.forget(target);
      context.progress(phasesText(bare.slice(-1)));
      return sumOf(bare.at(-1) ?? {});
    },
    fiducial: async () => {
      ours.push(await change(bed, target));
      await bed.forget(target);
      context.progress(phasesText(ours.slice(-1)));
      return sumOf(ours.at(-1) ?? {});
    },
  });
  // As inTurns does: the first round warms up.
  return { times, ours: ours.slice(1), bare: bare.slice(1) };
}

const BARE = "nix copy, nix store verify, sync, nix-env, switch-to-configuration by shell";

function whole({ fiducial, bare }: Times): Figure {
  return compared(
    {
      id: "upgrade.whole",
      what: "The same with no line at all, the server on the scanner's own machine",
      unit: "s",
      aim: atMost("ratio", 1.15),
      limits:
        "the processors: two copies of every byte, and both cores, which they share with the server, are busy to the end; both are of the lowest priority, so on a busy machine they get what the others leave, which the baseline does not",
    },
    fiducial,
    { what: BARE, samples: bare },
  );
}

function overLine({ id, rate }: (typeof LINES)[number], { fiducial, bare }: Times): Figure {
  return compared(
    {
      id: `upgrade.${id}`,
      what: `Upgrade over a line of ${rate}, from the instruction seen to the beginning of probation`,
      unit: "s",
      aim: atMost("ratio", 1.15),
      limits: "the line; what has come is copied while the rest is on its way",
    },
    fiducial,
    { what: BARE, samples: bare },
  );
}

function parts({ ours, bare }: Rounds): Figure[] {
  return PARTS.map(({ id, what, limits, ours: names, bare: name }) =>
    compared(
      { id: `upgrade.${id}`, what: `Of that: ${what}`, unit: "s", limits },
      ours.map((phases) => names.reduce((sum, one) => sum + phases[one], 0)),
      { what: "the same by shell", samples: bare.map((phases) => phases[name]) },
    ),
  );
}

function lineOf(bytesPerSecond: number): Throttle {
  const sleep = (ms: number) => pause(ms);
  return throttle(bytesPerSecond, { nowMs: () => performance.now(), sleep });
}

async function bareUpgrade(bed: ChangeBed, { toplevel }: Built) {
  const options = `--option trusted-public-keys ${bed.workshop.cacheKey} --option narinfo-cache-positive-ttl 0`;
  return bed.timedScript(
    `nix copy --from ${bed.scanner.server.url}/agent/v1/cache ${options} ${toplevel} >/dev/null 2>&1; mark copy
     nix store verify --no-trust --recursive ${toplevel} >/dev/null; mark verify
     sync --file-system /nix/store; mark sync
     ${SET} ${toplevel} >/dev/null
     ${toplevel}/bin/switch-to-configuration switch >/dev/null 2>&1; mark switch`,
    BARE_UPGRADE,
  );
}

/** To the beginning of its probation; then the daemon is tripped, so that it goes back by itself and nothing of it is confirmed. */
async function change(bed: ChangeBed, built: Built) {
  const begun = await bed.begin({ name: "target", built });
  await bed.untilTold(begun.changeId, ["probation"]);
  const phases = phasesOf(begun.beganMs, await begun.steps(), UPGRADE);
  bed.withdraw();
  await bed.safety("trip");
  await bed.untilTold(begun.changeId, ["rolled-back"]);
  await bed.safety("reset");
  await bed.scanner.untilOver(begun.changeId);
  await bed.unblock(built);
  return phases;
}

export const upgrade: Bench = {
  name: "upgrade",
  about: "Upgrade of a scanner, against the same by shell",
  run,
};
