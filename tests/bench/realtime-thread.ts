import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startAgents } from "#tests/bench/agents.ts";
import { type Bench, byEffort, type Context, type Figure, type Outcome } from "#tests/bench/bench.ts";
import { compared } from "#tests/bench/figure.ts";
import { type Histogram, joined, percentileOf } from "#tests/bench/histogram.ts";
import { nodeVersions } from "#tests/bench/node-versions.ts";

/** As the unit of the service has it (nix/units): the agent runs when nobody else wants to. */
function asTheService(pid: number): void {
  const set = (program: string, ...args: string[]) => {
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${program} refused: ${stderr}`);
  };
  set("chrt", "--all-tasks", "--idle", "--pid", "0", String(pid));
  set("ionice", "--class", "3", "--pid", String(pid));
}

type Watched = { class: string; locked: boolean; late: Histogram };

async function run(context: Context): Promise<Outcome> {
  const program = join(context.folder, "periodic-thread");
  const made = spawnSync("gcc", ["-O2", "-o", program, "tests/bench/periodic-thread.c"], {
    encoding: "utf8",
  });
  if (made.status !== 0) return { kind: "skipped", why: "there is no gcc on this machine" };
  const { agents } = await startAgents(context, nodeVersions(context), true);
  for (const { pid } of agents) asTheService(pid);
  // Stopped means off: a process that is not scheduled wakes nothing and takes nothing.
  const only = (running: number | null) => {
    for (const { pid } of agents) process.kill(pid, pid === running ? "SIGCONT" : "SIGSTOP");
  };
  context.atEnd(() => {
    for (const { pid } of agents) process.kill(pid, "SIGCONT");
  });
  const seconds = byEffort(context, { short: 2, usual: 5, long: 30 });
  const rounds = byEffort(context, { short: 2, usual: 4, long: 10 });
  const states = [null, ...agents.map(({ pid }) => pid)];
  const seen: Watched[][] = states.map(() => []);
  for (let round = 1; round <= rounds; round += 1)
    for (const [index, state] of states.entries()) {
      context.progress(`periodic thread, agent ${state === null ? "off" : "on"}, ${round} of ${rounds}`);
      only(state);
      seen[index]?.push(await watch(program, seconds));
    }
  const [off = [], ...on] = seen;
  const figures = agents.flatMap(({ major }, index) => latencyFigures(major, on[index] ?? [], off));
  return { kind: "measured", figures, notes: [noteOf(off, seconds * rounds)] };
}

async function watch(program: string, seconds: number): Promise<Watched> {
  const { stdout } = await promisify(execFile)(program, [String(seconds)], { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as Watched;
}

const PERCENTILES = [
  { name: "99 %", share: 0.99 },
  { name: "99.9 %", share: 0.999 },
  { name: "worst", share: 1 },
];

function latencyFigures(major: number, on: readonly Watched[], off: readonly Watched[]): Figure[] {
  return PERCENTILES.map(({ name, share }) => {
    const of = (rounds: readonly Watched[]) =>
      rounds.map(({ late }) => Math.max(1, percentileOf(late, share)));
    return compared(
      {
        id: `realtime-thread.${share}-${major}`,
        what: `Lateness of a 1 ms thread, agent on Node ${major} running: ${name}`,
        unit: "µs",
        limits: "the kernel and its other guests: this one is not PREEMPT_RT, and no core is isolated",
      },
      of(on),
      { what: "the same thread, agent stopped", samples: of(off) },
    );
  });
}

function noteOf(off: readonly Watched[], seconds: number): string {
  const all = joined(off.map(({ late }) => late));
  const { class: scheduling = "unknown", locked = false } = off[0] ?? {};
  const turns = all.reduce((sum, [, count]) => sum + count, 0);
  return `The thread ran as ${scheduling}${locked ? ", its memory locked" : ""}, ${turns.toLocaleString("en-GB")} periods (${seconds} s) in each state, states in turns. The agent was at its busiest: a value changed every five seconds,
so that it made, signed and sent a whole report each time; scheduled as its unit asks for (CPUSchedulingPolicy=idle, IOSchedulingClass=idle).`;
}

export const realtimeThread: Bench = {
  name: "realtime-thread",
  about: "What a real-time thread feels of the agent",
  run,
};
