import { readFileSync } from "node:fs";
import { errorCode } from "#agent/link/durable.ts";
import type { FactValue } from "#core/report/kinds.ts";

/** SEE-15: what watching costs this scanner, of the agent's own process and from the kernel's own books. */
type Cost = Pick<FactValue<"agent">, "residentBytes" | "anonymousBytes" | "cpuMs" | "wakeups">;

/** Values of /proc/PID/status (proc_pid_status(5)); `wakeups` are voluntary context switches of the main thread. */
export function measureSelf(status = readStatus()): Cost {
  const resident = kilobytes(status, "VmRSS") ?? process.memoryUsage.rss();
  const { user, system } = process.cpuUsage();
  return {
    residentBytes: resident,
    // Without the kernel's split all of it counts as ours: the published cost is never below the truth.
    anonymousBytes: kilobytes(status, "RssAnon") ?? resident,
    cpuMs: Math.round((user + system) / 1000),
    wakeups: number(status, "voluntary_ctxt_switches") ?? 0,
  };
}

function readStatus(): string {
  try {
    return readFileSync("/proc/self/status", "utf8");
  } catch (error) {
    if (["ENOENT", "EACCES"].includes(errorCode(error))) return "";
    throw error;
  }
}

function number(status: string, field: string): number | null {
  const [, digits] = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status) ?? [];
  return digits === undefined ? null : Number(digits);
}

function kilobytes(status: string, field: string): number | null {
  const value = number(status, field);
  return value === null ? null : value * 1024;
}
