import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Outcome, Problem, Ran, RunLimits } from "#agent/system.ts";

const PROBLEM_OF_ERRNO: Record<string, Problem> = {
  ENOENT: "missing",
  EACCES: "not-a-program",
  ENOEXEC: "not-a-program",
  EPERM: "denied",
};

/**
 * Runs a program without a shell, in a process group of its own: when a limit is passed the whole group is killed, because a
 * grandchild that keeps the pipe open would otherwise hold the caller past every deadline.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  limits: RunLimits,
): Promise<Outcome<Ran>> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
    const stdout = new Gathered(limits.maxBytes);
    const stderr = new Gathered(limits.maxBytes);
    let broken: { problem: Problem; detail: string } | null = null;
    const stop = (problem: Problem, detail: string) => {
      broken ??= { problem, detail };
      killGroup(child);
    };
    const timer = setTimeout(() => stop("timeout", `no end after ${limits.timeoutMs} ms`), limits.timeoutMs);
    const told = () => stop("timeout", "told to stop");
    if (limits.signal?.aborted === true) told();
    limits.signal?.addEventListener("abort", told, { once: true });
    child.once("close", () => limits.signal?.removeEventListener("abort", told));
    const tooLarge = () => stop("too-large", `over ${limits.maxBytes} bytes`);
    child.stdout.on("data", (chunk: Buffer) => stdout.add(chunk) || tooLarge());
    child.stderr.on("data", (chunk: Buffer) => stderr.add(chunk) || tooLarge());
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const problem = PROBLEM_OF_ERRNO[error.code ?? ""] ?? "failed";
      resolve({ ok: false, problem, detail: error.message });
    });
    child.once("close", (status, signal) => {
      clearTimeout(timer);
      if (broken !== null) resolve({ ok: false, ...broken });
      else if (status === null) resolve({ ok: false, problem: "failed", detail: `ended by ${signal}` });
      else resolve({ ok: true, value: { status, stdout: stdout.text(), stderr: stderr.text() } });
    });
  });
}

class Gathered {
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #total = 0;
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }
  /** False when this chunk passed the bound; it is not kept. */
  add(chunk: Buffer): boolean {
    this.#total += chunk.length;
    if (this.#total > this.#maxBytes) return false;
    this.#chunks.push(chunk);
    return true;
  }
  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}

function killGroup(child: ChildProcessByStdio<null, Readable, Readable>): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // ESRCH: the group ended between the limit and the kill, which is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
