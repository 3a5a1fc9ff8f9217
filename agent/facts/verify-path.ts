import { narSizeOnDisk } from "#agent/facts/nar-size.ts";
import { type Answer, failure, type Nix } from "#agent/facts/nix.ts";
import type { Outcome, Ran, System } from "#agent/system.ts";
import type { ClosurePath } from "#core/closure/upload.ts";
import type { PATH_PROBLEMS } from "#core/report/kinds.ts";

type PathProblem = (typeof PATH_PROBLEMS)[number];
export type BadPath = { path: string; problem: PathProblem };

/** A single path may be gigabytes on a slow disk at idle priority. */
const LIMITS = { timeoutMs: 3_600_000, maxBytes: 1024 * 1024 };
/** Of ionice(1): could not start the program. */
const NOT_STARTED = new Set([126, 127]);

export type Verifier = (batch: readonly ClosurePath[]) => Promise<Answer<BadPath[]>>;

/** `nix-store --verify-path` at idle I/O class where util-linux is there; the CPU class is inherited from this process. */
export async function createVerifier(system: System, nix: Nix): Promise<Verifier> {
  const idle = await system.run("ionice", ["-c3", "true"], { timeoutMs: 10_000, maxBytes: 4096 });
  const before = idle.ok && idle.value.status === 0 ? ["ionice", "-c3"] : [];
  const check = (paths: readonly string[]) => {
    const [program = nix.storeProgram, ...args] = [...before, nix.storeProgram, "--verify-path", ...paths];
    return system.run(program, args, LIMITS);
  };
  return async (batch) => {
    const ran = await check(batch.map((one) => one.path));
    if (isMissingProgram(ran)) return { ok: false, reason: failure("no-nix", ran) };
    if (ran.ok && ran.value.status === 0) return { ok: true, value: await contradicted(system, batch) };
    return { ok: true, value: await oneByOne(system, batch, check) };
  };
}

/** Which of a batch are bad: each is checked alone, because `nix-store` stops at the first path it cannot read at all. */
async function oneByOne(
  system: System,
  batch: readonly ClosurePath[],
  check: (paths: readonly string[]) => Promise<Outcome<Ran>>,
): Promise<BadPath[]> {
  const bad: BadPath[] = [];
  for (const one of batch) {
    const problem = await problemOf(system, one, await check([one.path]));
    if (problem !== null) bad.push({ path: one.path, problem });
  }
  return bad;
}

function isMissingProgram(ran: Outcome<Ran>): boolean {
  return ran.ok ? NOT_STARTED.has(ran.value.status) : ran.problem === "missing";
}

/** An exit status alone is not believed for what can be seen for nothing: a path that is not there was not verified. */
async function contradicted(system: System, batch: readonly ClosurePath[]): Promise<BadPath[]> {
  const bad: BadPath[] = [];
  for (const { path } of batch) {
    const problem = await absence(system, path);
    if (problem !== null) bad.push({ path, problem });
  }
  return bad;
}

async function absence(system: System, path: string): Promise<PathProblem | null> {
  const info = await system.info(path);
  if (info.ok) return null;
  return info.problem === "missing" ? "missing" : "unreadable";
}

/**
 * Tells apart what is wrong with one path: not on disk, not registered, its content changed (less of it than was registered:
 * truncated), not readable. What none of this explains is `unknown`, and never good.
 */
async function problemOf(system: System, one: ClosurePath, ran: Outcome<Ran>): Promise<PathProblem | null> {
  const absent = await absence(system, one.path);
  if (absent !== null) return absent;
  if (!ran.ok) return "unknown";
  const { status, stderr } = ran.value;
  if (status === 0) return null;
  if (/is not valid/.test(stderr)) return "not-valid";
  if (/was modified/.test(stderr)) {
    const size = await narSizeOnDisk(system, one.path);
    return size.ok && size.value < one.narSize ? "truncated" : "modified";
  }
  return /Permission denied|Input\/output error/.test(stderr) ? "unreadable" : "unknown";
}
