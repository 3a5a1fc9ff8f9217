import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { until } from "#tests/support/portal.ts";

/**
 * The machine in front of the reader: the command of the page, run as it stands, in folders of its own so that nothing
 * outside them changes. `publish` writes what a device's owner would write (docs/safety-socket.md, facts.d).
 */
export type ThisMachine = {
  output(): string;
  printed<T>(what: string, found: (output: string) => T | null): Promise<T>;
  publish(facts: readonly { id: string; value: number; unit: string }[]): void;
  stop(): Promise<void>;
};

export function runOnThisMachine(command: string): ThisMachine {
  const folder = mkdtempSync(path.join(tmpdir(), "fiducial-machine-"));
  const run = path.join(folder, "run");
  mkdirSync(path.join(run, "facts.d"), { recursive: true });
  let output = "";
  const child = spawn("bash", ["-c", command], {
    cwd: folder,
    env: { ...process.env, FIDUCIAL_STATE: path.join(folder, "state"), FIDUCIAL_RUN: run },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return {
    output: () => output,
    printed: (what, found) =>
      until(what, 60_000, async () => {
        if (child.exitCode !== null) throw new Error(`the command ended with ${child.exitCode}:\n${output}`);
        return found(output);
      }),
    publish: (facts) => publish(run, facts),
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function publish(run: string, facts: readonly { id: string; value: number; unit: string }[]): void {
  const uptimeS = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  const file = {
    schema: "fiducial.facts/1",
    owner: "magnet",
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    uptimeMs: Math.round(uptimeS * 1000),
    facts: facts.map((fact) => ({ ...fact, quality: "good" })),
  };
  // Renamed into place, as the agent asks of every publisher: a half-written file is never read.
  const folder = path.join(run, "facts.d");
  writeFileSync(path.join(folder, ".magnet.part"), JSON.stringify(file));
  renameSync(path.join(folder, ".magnet.part"), path.join(folder, "magnet.json"));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGTERM");
  await gone;
}
