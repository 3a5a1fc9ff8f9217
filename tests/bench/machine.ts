import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { setTimeout as pause } from "node:timers/promises";

/** The machine as a reader needs it to judge the numbers: what it is, never where things lie on it. */
export type Machine = {
  processor: string;
  cores: number;
  memoryGb: number;
  system: string;
  kernel: string;
  node: string;
};

export function describeMachine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? "unknown",
    cores: all.length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "unknown",
    kernel: readFileSync("/proc/sys/kernel/osrelease", "utf8").trim(),
    node: process.version,
  };
}

export function machineSentence(machine: Machine): string {
  const { processor, cores, memoryGb, system, kernel, node } = machine;
  return `${processor}, ${cores} cores, ${memoryGb} GB of memory, ${system}, Linux ${kernel}, Node ${node.slice(1)}`;
}

/** What was measured: the commit, and whether the tree had more in it. Pages of documentation do not count. */
export function commitMeasured(): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  try {
    const changed = git("status", "--porcelain", "--", ".", ":!docs") !== "";
    return `${git("rev-parse", "--short=10", "HEAD")}${changed ? " with changes" : ""}`;
  } catch (error) {
    if (error instanceof Error) return "outside git";
    throw error;
  }
}

/** Share of all cores, 0 to 1, that is busy while this process sleeps: what others on the machine take. */
export async function busyWithOthers(forMs = 1_000): Promise<number> {
  const before = processorTicks();
  await pause(forMs);
  const after = processorTicks();
  const total = after.total - before.total;
  return total === 0 ? 0 : 1 - (after.idle - before.idle) / total;
}

/** proc(5), the first line of /proc/stat: user nice system idle iowait irq softirq steal. */
function processorTicks(): { total: number; idle: number } {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const [, , , idle = 0, waiting = 0] = ticks;
  return { total: ticks.reduce((sum, one) => sum + one, 0), idle: idle + waiting };
}
