import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { VerifiedTargets } from "#agent/trust/verified.ts";
import { releaseTargetCustomSchema, releaseTargetPath } from "#core/release/release.ts";
import { INSTRUCTION_SCHEMA, isPardon, LONGEST_INSTRUCTION_MS } from "#core/trust/instruction.ts";
import type { RepositoryName } from "#core/trust/layout.ts";
import { floorOf } from "#core/trust/match.ts";
import type { SignerAnswer, SignerRequest, WantedInstruction } from "#core/trust/signer-verbs.ts";
import type { RepositoryFolders } from "#server/repository/folders.ts";
import { type Director, type DirectorState, openDirector } from "./director.ts";
import { publicHalves, type SigningKeys } from "./keys.ts";
import { SignerRefused } from "./refused.ts";
import { openReleaseSet, type ReleaseSet } from "./release-set.ts";

export type SignerOptions = {
  /** Its own: keys, numbers, and what it believes of the release repository. */
  folder: string;
  folders: RepositoryFolders;
  keys: SigningKeys;
  firstRoot: (repository: RepositoryName) => Promise<Uint8Array | null>;
  nowMs: () => number;
};

export type Signer = { answer: (request: SignerRequest) => Promise<SignerAnswer> };

/** A scanner that is asked for something else every second would never come to do anything (decisions.md, signer). */
const BETWEEN_INSTRUCTIONS_MS = 60_000;
/** Two clocks that are both right may differ by this. */
const CLOCK_SLACK_MS = 5 * 60_000;

/** One request after the other: numbers are given out once. */
export function createSigner(options: SignerOptions): Signer {
  const releases = openReleaseSet(options);
  const director = openDirector(options);
  const parts = { options, releases, director };
  let last: Promise<unknown> = Promise.resolve();
  return {
    answer: (request) => {
      const mine = last.then(() => answerTo(parts, request));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

type Parts = { options: SignerOptions; releases: ReleaseSet; director: Director };

async function answerTo(parts: Parts, request: SignerRequest): Promise<SignerAnswer> {
  try {
    return await carryOut(parts, request);
  } catch (error) {
    if (error instanceof SignerRefused) return error.answer;
    throw error;
  }
}

async function carryOut(parts: Parts, request: SignerRequest): Promise<SignerAnswer> {
  const { options, releases, director } = parts;
  const { verb } = request;
  switch (verb) {
    case "keys":
      return { ok: true, verb, keys: publicHalves(options.keys) };
    case "status":
      return { ok: true, verb, ...(await statusOf(parts)) };
    case "freshen": {
      if (request.scannerId === null) return { ok: true, verb, ...(await releases.freshen()) };
      const { version, expiresAtMs } = await director.freshen(request.scannerId);
      return { ok: true, verb, version, expiresAtMs };
    }
    case "instruct": {
      const { seq, version } = await instruct(parts, request.instruction);
      return { ok: true, verb, seq, directorVersion: version };
    }
    case "carry-instruction": {
      const { version, expiresAtMs } = await carryByHand(parts, request);
      return { ok: true, verb, directorVersion: version, expiresAtMs };
    }
    case "withdraw-instruction": {
      const state = await director.state(request.scannerId);
      if (state.target?.instruction.changeId !== request.changeId)
        throw new SignerRefused("no-instruction", "The scanner is not asked for this change.");
      const { version } = await director.serve(request.scannerId, { ...state, target: null });
      return { ok: true, verb, directorVersion: version };
    }
  }
}

async function instruct(
  { options, releases, director }: Parts,
  wanted: WantedInstruction,
): Promise<DirectorState> {
  const nowMs = options.nowMs();
  if (isPardon(wanted.action) !== (wanted.failedChangeId !== undefined))
    throw new SignerRefused("wrong-request", `${wanted.action} and a failed change.`);
  const before = await director.state(wanted.scannerId);
  // Asked again after an answer that was lost on the way.
  if (before.target?.instruction.changeId === wanted.changeId)
    return await director.freshen(wanted.scannerId);
  refuseTooLong(wanted, nowMs);
  refuseTooOften(before, nowMs);
  await releases.freshen();
  const target = await pointAt(releases, wanted);
  const seq = before.seq + 1;
  const instruction = { ...wanted, schema: INSTRUCTION_SCHEMA, seq } as const;
  return await director.serve(wanted.scannerId, {
    seq,
    instructedAtMs: nowMs,
    target: { ...target, instruction },
  });
}

/**
 * The director's files of one scanner, good for as long as the instruction in them and no longer: what lasts a day expires in the bag of
 * whoever carries it. They are served, too, so that a scanner that is heard on the way holds no newer ones.
 */
async function carryByHand(
  { options, director }: Parts,
  { scannerId, changeId, untilMs }: Extract<SignerRequest, { verb: "carry-instruction" }>,
): Promise<DirectorState> {
  const state = await director.state(scannerId);
  const instruction = state.target?.instruction;
  if (instruction?.changeId !== changeId)
    throw new SignerRefused("no-instruction", "The scanner is not asked for this change.");
  if (untilMs > instruction.notAfterMs || untilMs <= options.nowMs())
    throw new SignerRefused(
      "instruction-too-long",
      `Until ${untilMs}; it ends at ${instruction.notAfterMs}.`,
    );
  if (state.expiresAtMs >= untilMs) return state;
  return await director.serve(scannerId, state, untilMs);
}

function refuseTooLong({ action, notBeforeMs, notAfterMs }: WantedInstruction, nowMs: number): void {
  const longest = LONGEST_INSTRUCTION_MS[action];
  const lasts = Math.max(notAfterMs - notBeforeMs, notAfterMs - nowMs - CLOCK_SLACK_MS);
  if (lasts > longest || notAfterMs <= nowMs || notAfterMs < notBeforeMs)
    throw new SignerRefused(
      "instruction-too-long",
      `From ${notBeforeMs} to ${notAfterMs}, at most ${longest} ms.`,
    );
}

function refuseTooOften({ instructedAtMs }: DirectorState, nowMs: number): void {
  if (instructedAtMs === null) return;
  const waitMs = Math.min(BETWEEN_INSTRUCTIONS_MS, instructedAtMs + BETWEEN_INSTRUCTIONS_MS - nowMs);
  if (waitMs > 0)
    throw new SignerRefused("too-often", `This scanner was instructed less than a minute ago.`, waitMs);
}

/** The file that people signed, described as they describe it: the signer can point at nothing else (E-02). */
async function pointAt(releases: ReleaseSet, wanted: WantedInstruction) {
  const targets = await releases.verified();
  const path = releaseTargetPath(wanted.release);
  const signed = Object.hasOwn(targets.targets, path) ? targets.targets[path] : undefined;
  if (signed === undefined) throw new SignerRefused("unknown-release", `${wanted.release} is not published.`);
  const custom = releaseTargetCustomSchema.safeParse(signed.custom);
  if (!custom.success) throw new SignerRefused("not-verified", `${path} does not say what it is.`);
  const floor = floorOf(targets.targets);
  // A pardon brings nothing: what failed may have been withdrawn since.
  const pardon = isPardon(wanted.action);
  if (!pardon && custom.data.counter < floor)
    throw new SignerRefused(
      "below-floor",
      `${wanted.release} has ${custom.data.counter}, the floor is ${floor}.`,
    );
  if (!pardon && custom.data.withdrawn !== null && wanted.action !== "rollback")
    throw new SignerRefused("withdrawn", custom.data.withdrawn);
  await refuseWrongSystem(releases, targets, wanted);
  return { path, length: signed.length, hashes: signed.hashes };
}

async function refuseWrongSystem(
  releases: ReleaseSet,
  targets: VerifiedTargets,
  wanted: WantedInstruction,
): Promise<void> {
  const release = await releases.release(targets, wanted.release);
  const system = release.systems.find(({ name }) => name === wanted.system);
  if (system?.toplevel !== wanted.toplevel)
    throw new SignerRefused(
      "wrong-system",
      `${wanted.release} has no ${wanted.system} that is ${wanted.toplevel}.`,
    );
}

async function statusOf({ options, releases }: Parts) {
  const scanners = await scannersIn(join(options.folder, "scanners"));
  try {
    const { targets, versions } = await releases.verified();
    return {
      ready: true,
      releases: Object.keys(targets).length,
      targetsVersion: versions.targets,
      scanners,
    };
  } catch (error) {
    if (!(error instanceof SignerRefused)) throw error;
    return { ready: false, releases: 0, targetsVersion: null, scanners };
  }
}

async function scannersIn(folder: string): Promise<number> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(".json")).length;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}
