import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { agentBundle, pidOf, startAgents } from "#tests/bench/agents.ts";
import { type Bench, byEffort, type Context, type Figure, type Outcome } from "#tests/bench/bench.ts";
import { alone, atMost, compared } from "#tests/bench/figure.ts";
import { type NodeVersion, nodeVersions } from "#tests/bench/node-versions.ts";
import { end, processorSeconds } from "#tests/bench/program.ts";

const SETTLE_S = 20;
const MB = 1024 * 1024;

/** What one process costs, sample by sample. */
type Cost = { resident: number[]; anonymous: number[]; processor: number[]; wakeups: number[] };

async function run(context: Context): Promise<Outcome> {
  const versions = nodeVersions(context);
  const { agents, sent } = await startAgents(context, versions, false);
  const sleepers = versions.map((version) => startSleeper(context, version));
  const settleS = byEffort(context, { short: 5, usual: SETTLE_S, long: 60 });
  context.progress(`letting ${agents.length} agents settle for ${settleS} s`);
  await pause(settleS * 1000);
  const pids = [...agents.map(({ pid }) => pid), ...sleepers];
  const costs = await observe(context, pids);
  const figures = agents.flatMap((agent, index) => {
    const own = costs[index];
    const bare = costs[agents.length + index];
    return own === undefined || bare === undefined ? [] : costFigures(agent, own, bare);
  });
  return {
    kind: "measured",
    figures: [...figures, ...sizeFigures(sent, versions)],
    notes: [NOTE],
  };
}

const NOTE = `The agent as it is shipped, one process per Node, with every probe that this machine answers, a safety daemon that speaks every second and
60 values published every five seconds; a scanner at rest. The baseline is a process of the same Node that only sleeps. Node's own mapped
pages are shared with every other Node program of the machine; *anonymous* is what the agent alone adds.`;

function startSleeper(context: Context, { path }: NodeVersion): number {
  const child = spawn(path, ["-e", "setInterval(() => undefined, 2 ** 30)"], { stdio: "ignore" });
  context.atEnd(() => end(child));
  return pidOf(child);
}

async function observe(context: Context, pids: readonly number[]): Promise<Cost[]> {
  const samples = byEffort(context, { short: 2, usual: 4, long: 12 });
  const everyS = byEffort(context, { short: 5, usual: 10, long: 15 });
  const costs: Cost[] = pids.map(() => ({ resident: [], anonymous: [], processor: [], wakeups: [] }));
  for (let sample = 1; sample <= samples; sample += 1) {
    context.progress(`watching for ${everyS} s, ${sample} of ${samples}`);
    const before = pids.map((pid) => ({
      s: processorSeconds(pid),
      wakeups: switches(pid),
      at: performance.now(),
    }));
    await pause(everyS * 1000);
    for (const [index, pid] of pids.entries()) {
      const start = before[index];
      const cost = costs[index];
      if (start === undefined || cost === undefined) continue;
      const seconds = (performance.now() - start.at) / 1000;
      cost.processor.push(((processorSeconds(pid) - start.s) / seconds) * 100);
      cost.wakeups.push((switches(pid) - start.wakeups) / seconds);
      cost.resident.push(kilobytes(`/proc/${pid}/smaps_rollup`, "Rss") / 1024);
      cost.anonymous.push(kilobytes(`/proc/${pid}/smaps_rollup`, "Anonymous") / 1024);
    }
  }
  return costs;
}

/** proc(5): how often the threads of a process gave up the processor to wait, which is how often they were woken. */
function switches(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((task) => kilobytes(`/proc/${pid}/task/${task}/status`, "voluntary_ctxt_switches"))
    .reduce((sum, one) => sum + one, 0);
}

function kilobytes(file: string, name: string): number {
  const value = new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(file, "utf8"))?.[1];
  if (value === undefined) throw new Error(`no ${name} in ${file}`);
  return Number(value);
}

function costFigures({ major, version }: NodeVersion, own: Cost, bare: Cost): Figure[] {
  const what = `a sleeping Node ${version}`;
  const on = `on Node ${major}`;
  return [
    compared(
      {
        id: `agent.resident-${major}`,
        what: `Agent ${on}: resident memory`,
        unit: "MB",
        aim: atMost("measured", major >= 24 ? 72 : 64),
        limits: "Node's own mapped pages",
      },
      own.resident,
      { what, samples: bare.resident },
    ),
    compared(
      {
        id: `agent.anonymous-${major}`,
        what: `Agent ${on}: anonymous memory`,
        unit: "MB",
        ...(major >= 24 ? { aim: atMost("measured", 24) } : {}),
        limits: "V8's heap: zod, the schemas, the last facts",
      },
      own.anonymous,
      { what, samples: bare.anonymous },
    ),
    alone(
      {
        id: `agent.processor-${major}`,
        what: `Agent ${on}: share of one core`,
        unit: "%",
        aim: atMost("measured", 0.5),
        limits:
          "a line of the safety daemon every second, published values every five, a heartbeat every fifteen",
      },
      own.processor,
    ),
    alone(
      {
        id: `agent.wakeups-${major}`,
        what: `Agent ${on}: wake-ups a second, all threads`,
        unit: "",
        limits: "the same; each line wakes the main thread, each file read a thread of the pool",
      },
      own.wakeups,
    ),
  ];
}

function sizeFigures(sent: Record<string, number[]>, versions: readonly NodeVersion[]): Figure[] {
  const kB = (endpoint: string) => (sent[endpoint] ?? []).map((bytes) => bytes / 1000);
  const bundle = ["fiducial", "fiducial-agent", "fiducial-facts"]
    .map((name) => statSync(agentBundle(name)).size)
    .reduce((sum, one) => sum + one, 0);
  const newest = versions.at(-1);
  const figures = [
    alone(
      {
        id: "agent.heartbeat-bytes",
        what: "One heartbeat on the wire, headers included",
        unit: "kB",
        aim: atMost("measured", 1),
        limits: "300 bytes of JSON, the key's name and the signature, HTTP headers",
      },
      kB("heartbeat"),
    ),
    alone(
      {
        id: "agent.report-bytes",
        what: "One full report on the wire",
        unit: "kB",
        aim: atMost("measured", 64),
        limits:
          "modules and units of this machine, which has few; the bench of reports sends as many as a scanner has",
      },
      kB("report"),
    ),
    alone(
      {
        id: "agent.closure",
        what: "What the agent's three programs add to a closure",
        unit: "MB",
        limits: "zod, three times, because each program is one file; Node itself is counted below",
      },
      [bundle / MB],
    ),
  ];
  if (newest === undefined) return figures;
  const node = alone(
    {
      id: "agent.closure-node",
      what: `Node ${newest.version} itself, where nothing else on the system brings it`,
      unit: "MB",
      limits: "one binary with its ICU data",
    },
    [statSync(newest.path).size / MB],
  );
  return [...figures, node];
}

export const agentCost: Bench = { name: "agent", about: "What the agent costs a scanner", run };
