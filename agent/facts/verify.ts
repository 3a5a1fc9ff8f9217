import { join } from "node:path";
import * as z from "zod";
import { VERIFICATION_FILE } from "#agent/facts/facts-file.ts";
import { readKnown, readPathList } from "#agent/facts/known.ts";
import { findNix } from "#agent/facts/nix.ts";
import { type FactsHost, observe, writeFact } from "#agent/facts/observe.ts";
import { type BadPath, createVerifier, type Verifier } from "#agent/facts/verify-path.ts";
import { durableWrite, readKept } from "#agent/link/durable.ts";
import { isStorePath, type StorePath } from "#core/closure/store-path.ts";
import type { ClosurePath, ClosurePathList } from "#core/closure/upload.ts";
import { sha256HexSchema } from "#core/identity/identity.ts";
import type { Reason } from "#core/report/fact.ts";
import { FACT_KINDS } from "#core/report/kinds.ts";

/** Small batches: between two of them a scan may begin, and what is done is on disk. */
const BATCH_PATHS = 32;
const BATCH_BYTES = 256 * 1024 * 1024;
const MAX_BAD = 100;
const FILE = "verify.json";

/** Where a verification stands; paths are checked in the order of the path list, so `checkedPaths` says where to go on. */
const progressSchema = z.object({
  schema: z.literal("fiducial.verify/1"),
  digest: sha256HexSchema,
  verification: FACT_KINDS.verification,
});
type Progress = z.infer<typeof progressSchema>;

export type Verified =
  | { state: "finished"; badPaths: number }
  | { state: "paused"; why: string }
  | { state: "refused"; reason: Reason };

/**
 * SEE-3. Compares every path of a closure on disk with what was registered for it and writes `facts.d/verification.json` as it
 * goes. Goes on where an earlier run of the same closure (same digest) stopped. Only `phase: "finished"` with every path checked
 * may be read as intact; whatever stops this early leaves `paused` or `running` behind.
 */
export async function verify(host: FactsHost, wanted: StorePath | null): Promise<Verified> {
  const quiet = await host.quiet();
  if (quiet.busy) return pauseKept(host, quiet.why);
  const toplevel = wanted ?? (await running(host));
  if (toplevel === null) return { state: "refused", reason: { code: "no-running-closure" } };
  const list = await pathListOf(host, toplevel);
  if (!list.ok) return refuse(host, toplevel, list.reason);
  const nix = await findNix(host.system, host.nixFolder);
  if (!nix.ok) return refuse(host, toplevel, nix.reason);
  const progress = await progressOf(host, list.value);
  return checkAll(host, list.value, progress, await createVerifier(host.system, nix.value));
}

async function running(host: FactsHost): Promise<StorePath | null> {
  const path = await host.system.resolve(`${host.links}/current-system`);
  return path.ok && isStorePath(path.value) ? path.value : null;
}

/**
 * Asked of Nix anew, because a digest from earlier may be older than the disk. Where Nix cannot name the closure any more, the
 * last list it gave is checked instead: which of its paths are gone is what people need to know then.
 */
async function pathListOf(
  host: FactsHost,
  toplevel: StorePath,
): Promise<{ ok: true; value: ClosurePathList } | { ok: false; reason: Reason }> {
  const before = (await readKnown(host.stateDir)).find((one) => one.digest.toplevel === toplevel);
  const kept = before === undefined ? null : await readPathList(host.stateDir, before.digest.digest);
  const { facts } = await observe(host, toplevel);
  const digest = facts.digests.find((one) => one.toplevel === toplevel)?.digest;
  const list = digest === undefined ? kept : await readPathList(host.stateDir, digest);
  if (list !== null) return { ok: true, value: list };
  const problem = facts.problems.find((one) => one.toplevel === toplevel);
  return { ok: false, reason: problem?.reason ?? { code: "no-path-list" } };
}

/**
 * No list, so nothing can be checked, and the phase is not finished. Only what is known of a path is said of it: that Nix could not
 * be asked is no fault of the closure.
 */
async function refuse(host: FactsHost, toplevel: StorePath, reason: Reason): Promise<Verified> {
  const { verification } = begin(host, { toplevel, digest: "", paths: [] });
  await publish(host, { ...verification, phase: "paused", bad: badBefore(toplevel, reason) });
  return { state: "refused", reason };
}

function badBefore(toplevel: string, { code, params }: Reason): BadPath[] {
  if (code === "toplevel-missing") return [{ path: toplevel, problem: "missing" }];
  if (code === "path-not-valid") return [{ path: String(params?.path ?? toplevel), problem: "not-valid" }];
  return [];
}

function begin(host: FactsHost, list: Pick<ClosurePathList, "toplevel" | "digest" | "paths">): Progress {
  return {
    schema: "fiducial.verify/1",
    digest: list.digest,
    verification: {
      toplevel: list.toplevel,
      phase: "running",
      checkedPaths: 0,
      totalPaths: list.paths.length,
      startedAtMs: host.system.nowMs(),
      finishedAtMs: null,
      bad: [],
      moreBad: 0,
    },
  };
}

async function progressOf(host: FactsHost, list: ClosurePathList): Promise<Progress> {
  const kept = await readKept(join(host.stateDir, FILE), progressSchema);
  if (kept.state !== "kept" || kept.value.digest !== list.digest) return begin(host, list);
  const { verification } = kept.value;
  const goesOn = verification.phase !== "finished" && verification.totalPaths === list.paths.length;
  return goesOn ? kept.value : begin(host, list);
}

async function checkAll(
  host: FactsHost,
  list: ClosurePathList,
  progress: Progress,
  verifier: Verifier,
): Promise<Verified> {
  let { verification } = progress;
  const save = async (next: Progress["verification"]) => {
    verification = next;
    await keep(host, { ...progress, verification });
    await publish(host, verification);
  };
  await save({ ...verification, phase: "running" });
  while (verification.checkedPaths < list.paths.length) {
    const quiet = await host.quiet();
    if (quiet.busy) {
      await save({ ...verification, phase: "paused" });
      return { state: "paused", why: quiet.why };
    }
    const batch = nextBatch(list.paths, verification.checkedPaths);
    const bad = await verifier(batch);
    if (!bad.ok) {
      await save({ ...verification, phase: "paused" });
      return { state: "refused", reason: bad.reason };
    }
    const all = [...verification.bad, ...bad.value];
    await save({
      ...verification,
      checkedPaths: verification.checkedPaths + batch.length,
      bad: all.slice(0, MAX_BAD),
      moreBad: verification.moreBad + Math.max(0, all.length - MAX_BAD),
    });
  }
  await save({ ...verification, phase: "finished", finishedAtMs: host.system.nowMs() });
  return { state: "finished", badPaths: verification.bad.length + verification.moreBad };
}

function nextBatch(paths: readonly ClosurePath[], from: number): ClosurePath[] {
  const batch: ClosurePath[] = [];
  let bytes = 0;
  for (const one of paths.slice(from, from + BATCH_PATHS)) {
    if (batch.length > 0 && bytes + one.narSize > BATCH_BYTES) break;
    batch.push(one);
    bytes += one.narSize;
  }
  return batch;
}

/** A run that was killed, or never begins because of a scan, must not go on saying "running". */
export async function pauseKept(host: FactsHost, why: string): Promise<Verified> {
  const kept = await readKept(join(host.stateDir, FILE), progressSchema);
  if (kept.state === "kept" && kept.value.verification.phase === "running") {
    const verification = { ...kept.value.verification, phase: "paused" as const };
    await keep(host, { ...kept.value, verification });
    await publish(host, verification);
  }
  return { state: "paused", why };
}

async function keep(host: FactsHost, progress: Progress): Promise<void> {
  await durableWrite(join(host.stateDir, FILE), JSON.stringify(progress));
}

async function publish(host: FactsHost, verification: Progress["verification"]): Promise<void> {
  const content = { schema: "fiducial.verification/1", writtenAtMs: host.system.nowMs(), verification };
  await writeFact(host.runDir, VERIFICATION_FILE, content);
}
