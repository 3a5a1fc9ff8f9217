import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type Bench, byEffort, type Context, type Figure, type Outcome } from "#tests/bench/bench.ts";
import { alone } from "#tests/bench/figure.ts";
import { processorSeconds } from "#tests/bench/program.ts";
import { startProduct } from "#tests/support/product.ts";

/** Programs of a running example installation, by what their command line says. */
const PARTS = {
  scanners: { what: "the program that plays all scanners", line: /dist\/demo\/fleet/ },
  server: { what: "server", line: /dist\/server\/main|scripts\/start\.mjs/ },
  database: { what: "PostgreSQL, all its processes", line: /postgres/ },
} as const;
type Part = keyof typeof PARTS;

async function run(context: Context): Promise<Outcome> {
  context.progress("starting the example fleet, as npm start does");
  const product = await startProduct([]);
  context.atEnd(() => product.stop());
  const settleS = byEffort(context, { short: 10, usual: 60, long: 120 });
  context.progress(`letting it settle for ${settleS} s`);
  await pause(settleS * 1_000);
  const samples = byEffort(context, { short: 1, usual: 4, long: 12 });
  const costs = new Map<Part, { processor: number[]; memory: number[] }>();
  for (let sample = 1; sample <= samples; sample += 1) {
    context.progress(`watching for 15 s, ${sample} of ${samples}`);
    for (const [part, cost] of await observe(product.data)) {
      const held = costs.get(part) ?? { processor: [], memory: [] };
      held.processor.push(cost.processor);
      held.memory.push(cost.memory);
      costs.set(part, held);
    }
  }
  if (costs.size < Object.keys(PARTS).length) throw new Error(`found only ${[...costs.keys()].join(", ")}`);
  return {
    kind: "measured",
    figures: [...costs].flatMap(([part, { processor, memory }]) => figuresOf(part, processor, memory)),
    notes: [
      "1,240 scanners, each the real agent over a made-up host, all in one process, beside server and database.",
    ],
  };
}

function figuresOf(part: Part, processor: number[], memory: number[]): Figure[] {
  const { what } = PARTS[part];
  const limits = "1,240 agents: each collects, signs and beats as on a scanner of its own";
  return [
    alone(
      { id: `demo.processor-${part}`, what: `Example fleet, ${what}: share of one core`, unit: "%", limits },
      processor,
    ),
    alone(
      { id: `demo.memory-${part}`, what: `Example fleet, ${what}: memory (PSS)`, unit: "MB", limits },
      memory,
    ),
  ];
}

const WINDOW_S = 15;

async function observe(data: string): Promise<[Part, { processor: number; memory: number }][]> {
  const pids = pidsOf(data);
  const before = new Map([...pids.keys()].map((pid) => [pid, processorSeconds(pid)]));
  await pause(WINDOW_S * 1_000);
  const after = pidsOf(data);
  return (Object.keys(PARTS) as Part[]).flatMap((part) => {
    const own = [...after].filter(([, one]) => one === part).map(([pid]) => pid);
    if (own.length === 0) return [];
    // A process that was not there before began at nothing.
    const seconds = own.reduce((sum, pid) => sum + processorSeconds(pid) - (before.get(pid) ?? 0), 0);
    const memory = own.reduce((sum, pid) => sum + proportionalMb(pid), 0);
    return [[part, { processor: (seconds / WINDOW_S) * 100, memory }] as const];
  }) as [Part, { processor: number; memory: number }][];
}

/** Every process that was told of this data folder, or works in it. */
function pidsOf(data: string): Map<number, Part> {
  const found = new Map<number, Part>();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    const line = textOf(`/proc/${name}/cmdline`);
    const part = (Object.keys(PARTS) as Part[]).find((one) => PARTS[one].line.test(line));
    const ours = line.includes(data) || textOf(`/proc/${name}/environ`).includes(data);
    if (part !== undefined && ours) found.set(Number(name), part);
  }
  return withChildren(found);
}

/** PostgreSQL's processes write over their command line and their environment; their parent tells whose they are. */
function withChildren(found: Map<number, Part>): Map<number, Part> {
  const all = new Map(found);
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    // The fourth field, behind a name in brackets that may hold blanks (proc(5), stat).
    const parent = Number(/.*\) \S (\d+)/.exec(textOf(`/proc/${name}/stat`))?.[1]);
    if (found.get(parent) === "database" && !all.has(Number(name))) all.set(Number(name), "database");
  }
  return all;
}

/** Shared pages counted once over all that share them (proc(5), smaps_rollup). */
function proportionalMb(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
}

/** "" for a process that ended while it was looked at. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES") return "";
    throw error;
  }
}

export const demoCost: Bench = {
  name: "demo",
  about: "What the example fleet costs the machine it runs on",
  onlyLong: true,
  run,
};
