import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readBootMetadata } from "#agent/facts/boot-metadata.ts";
import {
  CLOSURE_FACTS_FILE,
  CLOSURES_FOLDER,
  type ClosureFacts,
  closureFactsSchema,
} from "#agent/facts/facts-file.ts";
import {
  type KnownClosure,
  keepOnly,
  readKnown,
  readPathList,
  writeKnown,
  writePathList,
} from "#agent/facts/known.ts";
import { readLoader } from "#agent/facts/loader.ts";
import { type Answer, askClosure, askSettings, findNix, type Nix } from "#agent/facts/nix.ts";
import type { Quiet } from "#agent/facts/quiet.ts";
import { findToplevels } from "#agent/facts/toplevels.ts";
import { durableWrite } from "#agent/link/durable.ts";
import type { System } from "#agent/system.ts";
import { closureDigestText } from "#core/closure/digest.ts";
import { closurePathList, type PathListProblem } from "#core/closure/path-list.ts";
import type { StorePath } from "#core/closure/store-path.ts";
import { type ClosurePathList, closurePathListSchema } from "#core/closure/upload.ts";
import type { Reason } from "#core/report/fact.ts";
import { firstProblem } from "#core/report/first-problem.ts";

/** No change time of a file, so an entry that has it is always asked about again. */
const NEVER = -1;

/** What both verbs work with. Folders are absolute; `nixFolder` null: found on PATH. */
export type FactsHost = {
  system: System;
  runDir: string;
  stateDir: string;
  /** Folder of `current-system` and `booted-system`. */
  links: string;
  profiles: string;
  nixFolder: string | null;
  /** Asked before each program that is started (SEE-17). */
  quiet: () => Promise<Quiet>;
};

/** `busy`: a scan came between; what could be said without starting a program was written. */
export type Observed = { facts: ClosureFacts; busy: string | null };

/**
 * Writes `facts.d/closures.json` and the path list of every closure this host could run (SEE-1, SEE-2). Nix is asked once per
 * toplevel it was not asked about before; `fresh` names one that is asked again whatever is known.
 */
export async function observe(host: FactsHost, fresh: StorePath | null = null): Promise<Observed> {
  const { system } = host;
  const loader = await readLoader(system);
  const toplevels = await findToplevels(system, host, loader.loaderDefault);
  const problems = [...toplevels.problems];
  const known = await readKnown(host.stateDir);
  const asking = await startAsking(host);
  const digests: KnownClosure[] = [];
  const remembered: KnownClosure[] = [];
  for (const toplevel of wanted(toplevels.known, fresh)) {
    const answer = await closureOf(host, asking, { toplevel, known, again: toplevel === fresh });
    if (answer.ok) digests.push(answer.value);
    else {
      problems.push({ toplevel, reason: answer.reason });
      remembered.push(...known.filter((one) => one.digest.toplevel === toplevel).map(outdated));
    }
  }
  const nix = await asking.settings();
  const facts: ClosureFacts = {
    schema: "fiducial.closures/1",
    writtenAtMs: system.nowMs(),
    digests: digests.map((one) => one.digest),
    problems: problems.slice(0, 64).map(({ toplevel, reason }) => ({ toplevel, reason: bounded(reason) })),
    nix: nix.ok ? nix.value : null,
    nixProblem: nix.ok ? null : nix.reason,
    ...loader,
  };
  await writeKnown(host.stateDir, [...digests, ...remembered]);
  await writeFacts(host.runDir, facts);
  return { facts, busy: asking.busy() };
}

function wanted(found: readonly StorePath[], fresh: StorePath | null): StorePath[] {
  return fresh === null ? [...found] : [...new Set([fresh, ...found])].slice(0, 64);
}

/** A store path may be longer than a parameter of a reason; cut, it is still the one meant, and the file stays readable. */
function bounded({ code, params = {} }: Reason): Reason {
  const cut = Object.entries(params).map(([name, value]) => [
    name,
    typeof value === "string" ? value.slice(0, 300) : value,
  ]);
  return cut.length === 0 ? { code } : { code, params: Object.fromEntries(cut) };
}

/** What Nix cannot name today is no fact any more, but its last path list tells the verification which paths to look for. */
function outdated(known: KnownClosure): KnownClosure {
  return { ...known, changedMs: NEVER };
}

type Asking = {
  closure(toplevel: StorePath): Promise<Answer<ClosurePathList>>;
  settings(): ReturnType<typeof askSettings>;
  busy(): string | null;
};

/** Starts no program until something must be asked, and none at all while the scanner is busy. */
async function startAsking(host: FactsHost): Promise<Asking> {
  let nix: Answer<Nix> | null = null;
  let busy: string | null = null;
  const ready = async (): Promise<Answer<Nix>> => {
    const quiet = await host.quiet();
    if (quiet.busy) {
      busy = quiet.why;
      return { ok: false, reason: { code: "waiting-for-scan", params: { why: quiet.why } } };
    }
    nix ??= await findNix(host.system, host.nixFolder);
    return nix;
  };
  return {
    closure: async (toplevel) => {
      const found = await ready();
      return found.ok ? pathListFromNix(host.system, found.value, toplevel) : found;
    },
    settings: async () => {
      const found = await ready();
      return found.ok ? askSettings(host.system, found.value) : found;
    },
    busy: () => busy,
  };
}

async function pathListFromNix(
  system: System,
  nix: Nix,
  toplevel: StorePath,
): Promise<Answer<ClosurePathList>> {
  const infos = await askClosure(system, nix, toplevel);
  if (!infos.ok) return infos;
  const list = closurePathList(toplevel, infos.value);
  if (!list.ok) return { ok: false, reason: listReason(list.problem) };
  const digest = createHash("sha256").update(closureDigestText(list.paths)).digest("hex");
  const boot = await readBootMetadata(system, toplevel);
  const whole = closurePathListSchema.safeParse({ toplevel, digest, paths: list.paths, boot });
  if (whole.success) return { ok: true, value: whole.data };
  return {
    ok: false,
    reason: { code: "nix-answer-unread", params: { what: firstProblem(whole.error, []) } },
  };
}

function listReason(problem: PathListProblem): Reason {
  if (problem.kind === "too-many") return { code: "closure-too-large", params: { count: problem.count } };
  if (problem.kind === "incomplete")
    return { code: "closure-incomplete", params: { path: problem.path, missing: problem.missing } };
  return { code: "nix-answer-unread", params: { path: problem.path, what: problem.kind } };
}

type Question = { toplevel: StorePath; known: readonly KnownClosure[]; again: boolean };

async function closureOf(host: FactsHost, asking: Asking, question: Question): Promise<Answer<KnownClosure>> {
  const { toplevel } = question;
  const info = await host.system.info(toplevel);
  if (!info.ok)
    return {
      ok: false,
      reason: { code: `toplevel-${info.problem}`, params: { path: toplevel.slice(0, 300) } },
    };
  const { changedMs } = info.value;
  const before = question.known.find(
    (one) => one.digest.toplevel === toplevel && one.changedMs === changedMs,
  );
  if (before !== undefined && !question.again && (await restore(host, before.digest.digest)))
    return { ok: true, value: before };
  const list = await asking.closure(toplevel);
  if (!list.ok) return list;
  await writePathList(host.stateDir, list.value);
  await writePathList(host.runDir, list.value);
  return { ok: true, value: { changedMs, digest: digestFact(list.value, host.system.nowMs()) } };
}

/** The run folder is empty after a boot; the path list is brought back from the state folder. */
async function restore(host: FactsHost, digest: string): Promise<boolean> {
  if ((await readPathList(host.runDir, digest)) !== null) return true;
  const list = await readPathList(host.stateDir, digest);
  if (list === null) return false;
  await writePathList(host.runDir, list);
  return true;
}

function digestFact(
  { toplevel, digest, paths }: ClosurePathList,
  computedAtMs: number,
): KnownClosure["digest"] {
  return {
    toplevel,
    // closurePathListSchema has seen to it that the toplevel is in the list.
    narHash: paths.find((one) => one.path === toplevel)?.narHash ?? "",
    digest,
    pathCount: paths.length,
    narSize: paths.reduce((sum, one) => sum + one.narSize, 0),
    computedAtMs,
  };
}

async function writeFacts(runDir: string, facts: ClosureFacts): Promise<void> {
  await writeFact(runDir, CLOSURE_FACTS_FILE, closureFactsSchema.parse(facts));
  await keepOnly(
    join(runDir, CLOSURES_FOLDER),
    facts.digests.map((one) => one.digest),
  );
}

/** Whole or not at all, and readable by the agent. The folder belongs to root; this program makes it where nothing else did. */
export async function writeFact(runDir: string, file: string, content: object): Promise<void> {
  const path = join(runDir, file);
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await durableWrite(path, `${JSON.stringify(content)}\n`, { mode: 0o644 });
}
