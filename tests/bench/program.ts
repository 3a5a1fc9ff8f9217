import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "#tests/bench/bench.ts";

/** A program of `tests/bench/programs` as a process of its own, spoken to in messages. */
export type Program = {
  pid: number;
  /** Sends one message and waits for the next one back. */
  ask: <Answer>(message: unknown) => Promise<Answer>;
  /** What it said unasked, first: every program says when it is ready. */
  ready: unknown;
};

type Settings = { args?: readonly string[]; execPath?: string; execArgv?: readonly string[] };

export async function startProgram(
  context: Context,
  name: string,
  settings: Settings = {},
): Promise<Program> {
  const child = fork(join(import.meta.dirname, "programs", `${name}.mjs`), [...(settings.args ?? [])], {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: [...(settings.execArgv ?? ["--enable-source-maps"])],
    ...(settings.execPath === undefined ? {} : { execPath: settings.execPath }),
  });
  context.atEnd(() => end(child));
  const ready = await nextMessage(child, name);
  return {
    pid: child.pid ?? 0,
    ready,
    ask: async <Answer>(message: unknown) => {
      const answer = nextMessage(child, name);
      child.send(message as object);
      return (await answer) as Answer;
    },
  };
}

function nextMessage(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (status: number | null) => reject(new Error(`${name} ended with ${status}`));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      resolve(message);
    });
  });
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(patience);
}

/** proc(5): USER_HZ is 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100;

/** Processor time of a process and its threads so far, seconds. */
export function processorSeconds(pid: number): number {
  // The name in brackets may hold anything; fields count from behind it, and the third field of the line comes first.
  const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(/\) (?=[A-Z] )/);
  const fields = rest.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}
