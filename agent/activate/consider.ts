import { join } from "node:path";
import { beginAhead, type LetGo } from "#agent/activate/begin-ahead.ts";
import { notSpooled } from "#agent/activate/corrupt.ts";
import type { Host } from "#agent/activate/host.ts";
import { carryOn, note, tryLock } from "#agent/activate/machine.ts";
import { takePardon } from "#agent/activate/pardon.ts";
import { readDevice } from "#agent/activate/read-device.ts";
import { readFirstRoots } from "#agent/activate/read-settings.ts";
import { type SignedPath, saveSignedPaths, signedPaths } from "#agent/activate/signed-list.ts";
import { readIdentity } from "#agent/link/identity.ts";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";
import { openTrust, type Trust } from "#agent/trust/trust.ts";
import type { VerifiedInstruction, VerifiedRelease } from "#agent/trust/verified.ts";
import { blockedToplevels } from "#core/change/blocked.ts";
import { isOver } from "#core/change/decide-before.ts";
import { inReferenceOrder } from "#core/change/early.ts";
import type { Journal } from "#core/change/journal.ts";
import type { Plan } from "#core/change/plan.ts";
import { noRoom, noRoomText } from "#core/change/room.ts";
import { STEP_PHASES } from "#core/change/steps.ts";
import type { ActivateAnswer } from "#core/change/verbs.ts";
import { type ScannerId, scannerIdSchema } from "#core/identity/identity.ts";
import { refuseSystem } from "#core/release/fit.ts";
import { RELEASE_LIMIT_BYTES } from "#core/release/release.ts";
import { type Here, instructionText, refuseInstruction } from "#core/trust/accept.ts";
import type { TrustRefusal } from "#core/trust/attack.ts";
import { type InstructionAction, isPardon } from "#core/trust/instruction.ts";
import { repositoryFolder, targetName } from "#core/trust/layout.ts";

/**
 * `consider`: looks at what the unprivileged half left in the spool, believes none of it, and decides. Everything that decides is read
 * here from root's own files or verified against them. `carried`: what lies there came on a stick (agent/bundle).
 */
export async function consider(
  host: Host,
  { carried = false }: { carried?: boolean } = {},
): Promise<ActivateAnswer> {
  if (!host.settings.enable) return { answer: "off" };
  const who = await whoAmI(host);
  if (typeof who !== "string") return who;
  const ahead = await beginAhead(host, who);
  try {
    return await look(host, who, { carried, letGo: ahead?.letGo ?? null });
  } finally {
    await ahead?.letGo();
  }
}

type Ways = { carried: boolean; letGo: LetGo | null };

async function look(host: Host, who: ScannerId, { carried, letGo }: Ways): Promise<ActivateAnswer> {
  const trust = await trustOf(host, who, join(host.folders.state, "trust"));
  const refreshed = await trust[carried ? "refreshCarried" : "refresh"]({
    release: spooled(host, repositoryFolder("release", who)),
    director: spooled(host, repositoryFolder("director", who)),
  });
  if (!refreshed.ok && "unreached" in refreshed)
    return { answer: "need-metadata", detail: JSON.stringify(refreshed.unreached).slice(0, 900) };
  if (!refreshed.ok)
    return withJournal(host, letGo, (journal) => refuse(host, journal, refreshed.refusal, null));
  const { instruction } = refreshed;
  await host.records.saveAsked(instruction?.instruction.changeId ?? null);
  return withJournal(host, letGo, (journal) => judge({ host, trust, who, journal }, instruction));
}

/** What this scanner believes, from its own first roots on. @param folder where that is kept */
export async function trustOf(host: Host, scannerId: ScannerId, folder: string): Promise<Trust> {
  const firstRoots = await readFirstRoots(host.folders);
  return openTrust({ folder, firstRoots, scannerId, nowMs: () => host.clock.nowMs() });
}

function spooled(host: Host, folder: string) {
  return folderFetcher(join(host.folders.spool, folder));
}

/** The agent's file says who it is; the first answer is kept, because whoever took the agent over could write another (E-04). */
export async function whoAmI(host: Host): Promise<ScannerId | ActivateAnswer> {
  const kept = await readIdentity(host.folders.identity);
  if (kept.state !== "kept" || kept.value.state !== "enrolled")
    return { answer: "failed", detail: "this scanner is not enrolled" };
  const { scannerId } = kept.value;
  const pinned = await host.records.pinnedScanner();
  if (pinned === null) await host.records.pinScanner(scannerId);
  if (pinned === null || pinned === scannerId) return scannerIdSchema.parse(scannerId);
  const detail = `this scanner was ${pinned}; root on it must remove scanner.json of the activator to make it ${scannerId}`;
  return { answer: "refused", changeId: null, reason: "wrong-recipient", detail };
}

/** While the change unit has the journal, what can be said is where it stands. `letGo`: of the journal that is in hand already. */
async function withJournal(
  host: Host,
  letGo: LetGo | null,
  action: (journal: Journal) => Promise<{ answer: ActivateAnswer; journal: Journal }>,
): Promise<ActivateAnswer> {
  const unlock = letGo ?? (await tryLock(host, 1_000));
  if (unlock === null) return underWay(await host.records.journal());
  let done: Awaited<ReturnType<typeof action>>;
  try {
    done = await action(await host.records.journal());
  } finally {
    await unlock();
  }
  await carryOn(host, done.journal);
  return done.answer;
}

function underWay(journal: Journal): ActivateAnswer {
  if (journal.step === "rest") return { answer: "nothing" };
  return { answer: "under-way", changeId: journal.plan.changeId, step: journal.step };
}

type Considering = { host: Host; trust: Trust; who: ScannerId; journal: Journal };
type Judged = { answer: ActivateAnswer; journal: Journal };

async function judge(parts: Considering, instruction: VerifiedInstruction | null): Promise<Judged> {
  const { host, journal } = parts;
  if (instruction === null) {
    const next = await note(host, journal, { kind: "withdrawn" });
    return { answer: underWay(next), journal: next };
  }
  const phase = STEP_PHASES[journal.step];
  if (phase !== "rest" && phase !== "before") return { answer: underWay(journal), journal };
  if (await isDone(host, journal, instruction)) return { answer: { answer: "nothing" }, journal };
  const refusal = refuseInstruction(instruction, await here(host));
  if (refusal !== null) return refuse(host, journal, refusal, instruction);
  const { action } = instruction.instruction;
  if (isPardon(action)) return pardon(parts, instruction);
  return acceptable(parts, instruction, action);
}

/** The very instruction that came to its end here; other words under its number are told as that (E-08). */
async function isDone(host: Host, journal: Journal, { instruction }: VerifiedInstruction): Promise<boolean> {
  if (!isOver(journal, instruction.seq)) return false;
  return (await host.records.sequence())?.text === instructionText(instruction);
}

/** What this scanner knows of itself (core/trust/accept.ts). */
export async function here(host: Host): Promise<Here> {
  const confirmed = await host.records.confirmed();
  const { current } = await host.look.seen();
  const running = confirmed.generations.find((one) => one.toplevel === current);
  return {
    nowMs: host.clock.nowMs(),
    last: await host.records.sequence(),
    running:
      running === undefined || running.release === null
        ? null
        : { release: running.release, counter: running.counter },
    confirmed: confirmed.generations.map((one) => one.toplevel),
    blocked: blockedToplevels(await host.records.failures()),
    held: (await host.records.held()) !== null,
  };
}

async function refuse(
  host: Host,
  journal: Journal,
  refusal: TrustRefusal,
  instruction: VerifiedInstruction | null,
): Promise<Judged> {
  const { refused: reason, where } = refusal;
  const detail = `${where}: ${refusal.detail}`.slice(0, 900);
  const asked = instruction?.instruction ?? null;
  const changeId = asked?.changeId ?? null;
  const event = {
    kind: "refused",
    changeId,
    seq: asked?.seq ?? 0,
    to: asked?.release ?? null,
    reason,
    detail,
  } as const;
  host.log(`refused: ${reason}, ${detail}`);
  const next = await note(host, journal, event);
  return { answer: { answer: "refused", changeId, reason, detail }, journal: next };
}

/** Nothing to fetch and nothing to carry out: what stood here before is over, as with any other word of the director. */
async function pardon({ host, journal }: Considering, said: VerifiedInstruction): Promise<Judged> {
  const { seq } = said.instruction;
  await host.records.saveSequence({ seq, text: instructionText(said.instruction) });
  await takePardon(host, said);
  const next = await note(host, journal, { kind: "withdrawn" });
  return { answer: underWay(next), journal: next };
}

async function acceptable(
  parts: Considering,
  instruction: VerifiedInstruction,
  action: InstructionAction,
): Promise<Judged> {
  const { host, trust, who, journal } = parts;
  const { changeId, seq } = instruction.instruction;
  const { target } = instruction;
  const file = `release/${targetName(target.path, target.hashes.sha256)}`;
  const read = await folderFetcher(host.folders.spool)(file, RELEASE_LIMIT_BYTES);
  if (!read.ok) {
    const missing = { file, bytes: target.length, sha256: target.hashes.sha256 };
    return { answer: { answer: "need-release", changeId, missing }, journal };
  }
  const release = trust.release(instruction, read.bytes);
  if ("refused" in release) return refuse(host, journal, release, instruction);
  const unfit = refuseSystem(release.system, await readDevice(host, who));
  if (unfit !== null) return refuse(host, journal, unfit, instruction);
  // Number and text go first: an instruction that is carried out is one that was counted.
  await host.records.saveSequence({ seq, text: instructionText(instruction.instruction) });
  const plan = planOf(instruction, action, release);
  const paths = signedPaths(release);
  const full = await refuseFull(host, journal, plan, paths);
  if (full !== null) return refuse(host, journal, full, instruction);
  return accept(host, journal, plan, paths);
}

/** By signed sizes, before a byte of it is fetched; one that is under way has its room already (SIG-4). */
async function refuseFull(
  host: Host,
  journal: Journal,
  { action, changeId }: Plan,
  paths: readonly SignedPath[],
): Promise<TrustRefusal | null> {
  if (action === "rollback" || (journal.step !== "rest" && journal.plan.changeId === changeId)) return null;
  const absent = await host.store.missing(paths);
  const neededBytes = absent.reduce((sum, one) => sum + one.narSize, 0);
  const room = { ...(await host.store.space()), neededBytes };
  const no = neededBytes === 0 ? null : noRoom(room);
  return no === null ? null : { refused: "disk-full", where: "store", detail: noRoomText(room, no) };
}

async function accept(
  host: Host,
  journal: Journal,
  plan: Plan,
  paths: readonly SignedPath[],
): Promise<Judged> {
  const absent = plan.action === "rollback" ? [] : await host.store.missing(paths);
  // In this order everything that came can be copied while the rest is on its way.
  const missing = await notSpooled(host.folders, inReferenceOrder(absent));
  await saveSignedPaths(host.folders.state, paths);
  const next = await note(host, journal, { kind: "accepted", plan, complete: missing.length === 0 });
  if (missing.length === 0) return { answer: underWay(next), journal: next };
  const totalBytes = absent.reduce((sum, one) => sum + one.narSize, 0);
  const told = missing.map(({ path, narHash, narSize }) => ({ path, narHash, narSize }));
  return {
    answer: { answer: "need-paths", changeId: plan.changeId, missing: told, totalBytes },
    journal: next,
  };
}

function planOf(
  { instruction }: VerifiedInstruction,
  action: InstructionAction,
  { release, system }: VerifiedRelease,
): Plan {
  const { changeId, seq, slots, notBeforeMs, notAfterMs, requestedBy } = instruction;
  return {
    ...{ changeId, seq, action, slots, notBeforeMs, notAfterMs, requestedBy },
    origin: "instruction",
    release: release.name,
    counter: release.counter,
    system: system.name,
    toplevel: system.toplevel,
    closureDigest: system.closureDigest,
    health: system.health,
    attested: false,
  };
}
