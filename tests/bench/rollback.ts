import { type Bench, byEffort, type Context, type Outcome } from "#tests/bench/bench.ts";
import {
  type Begun,
  BULK,
  ChangeBed,
  loadNote,
  NOTE,
  QUICK_HEALTH,
  SET,
  sizeNote,
} from "#tests/bench/change-bed.ts";
import { type Phases, phasesOf, phasesText, sumOf } from "#tests/bench/change-times.ts";
import { alone, atMost, compared } from "#tests/bench/figure.ts";
import { inTurns } from "#tests/bench/pairs.ts";
import { whyNoHost } from "#tests/system/host-root.ts";
import type { Built } from "#tests/system/workshop.ts";

const ROLLBACK = {
  metadata: "verify",
  "list of paths": "keep",
  sync: "staged",
  "gates, deadline, profile, boot entry": "switch",
  switch: "restart-agent",
  "agent restart": "probe",
} as const;

type Generation = { name: string; built: Built };

async function run(context: Context): Promise<Outcome> {
  const why = whyNoHost();
  if (why !== null) return { kind: "skipped", why };
  const bed = await ChangeBed.make(context);
  const bulk = byEffort(context, BULK);
  const generations: Generation[] = [];
  for (const [name, version] of [
    ["one", "1"],
    ["two", "2"],
  ] as const) {
    context.progress(`building ${name} and bringing it onto the scanner`);
    const built = await bed.release(name, { version, bulk, health: QUICK_HEALTH });
    generations.push({ name, built });
    await confirmed(bed, await bed.begin({ name, built }));
  }
  return measure(context, bed, generations);
}

/** To and fro between two confirmed generations, by hand or by instruction: each is a way back to what ran before. */
async function measure(
  context: Context,
  bed: ChangeBed,
  generations: readonly Generation[],
): Promise<Outcome> {
  let turn = generations.length - 1;
  const other = () => {
    turn += 1;
    const next = generations[turn % generations.length];
    if (next === undefined) throw new Error("two generations expected");
    return next;
  };
  const rollback = async () => {
    const begun = await bed.begin({ ...other(), action: "rollback" });
    await confirmed(bed, begun);
    return phasesOf(begun.beganMs, await begun.steps(), ROLLBACK);
  };
  const ours: Phases[] = [];
  const rounds = byEffort(context, { short: 1, usual: 5, long: 12 });
  const times = await inTurns(context, "rollback", rounds, {
    bare: () => bareRollback(bed, other().built),
    fiducial: async () => {
      ours.push(await rollback());
      context.progress(phasesText(ours.slice(-1)));
      return sumOf(ours.at(-1) ?? {});
    },
  });
  const unproved: number[] = [];
  for (let again = 0; again < byEffort(context, { short: 1, usual: 2, long: 5 }); again += 1) {
    context.progress("rollback, nothing proved in this boot");
    await bed.sh("rm /var/lib/fiducial-activate/proofs.json");
    unproved.push(sumOf(await rollback()));
  }
  const figures = [
    compared(
      {
        id: "rollback.whole",
        what: "Rollback to a confirmed generation, from the instruction seen to the beginning of probation",
        unit: "s",
        aim: atMost("ratio", 1.5),
        limits:
          "programs that are started one after the other (systemd's and Nix's own), the closure's script run twice (boot entry, switch), both repositories' metadata verified twice, and every step durable in the journal before it begins (decision 0025)",
      },
      times.fiducial,
      { what: "nix-env --set and switch-to-configuration by shell", samples: times.bare },
    ),
    alone(
      {
        id: "rollback.unproved",
        what: "The same where neither generation was read in this boot, or not for a day",
        unit: "s",
        limits:
          "both closures are read and compared first: the one to go to, and the one to come back to should that fail",
      },
      unproved,
    ),
  ];
  const [first] = generations;
  const size = first === undefined ? [] : [sizeNote(first.built)];
  const phases = `Phases, seconds at the median: ${phasesText(ours.slice(1))}.`;
  return { kind: "measured", figures, notes: [NOTE, ...size, loadNote(), phases] };
}

async function confirmed(bed: ChangeBed, { changeId }: Begun): Promise<void> {
  await bed.untilTold(changeId, ["confirmed"]);
  await bed.scanner.untilOver(changeId);
}

async function bareRollback(bed: ChangeBed, { toplevel }: Built): Promise<number> {
  const script = `${SET} ${toplevel} >/dev/null; ${toplevel}/bin/switch-to-configuration switch >/dev/null 2>&1; mark switch`;
  return sumOf(await bed.timedScript(script, { switch: "switch" }));
}

export const rollback: Bench = {
  name: "rollback",
  about: "Rollback of a scanner, against the same by shell",
  run,
};
