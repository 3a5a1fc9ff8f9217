import { v7 as uuidv7 } from "uuid";
import { BEFORE_ARM } from "#core/change/progress.ts";
import type { ChangeState } from "#core/headline/axes.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import { LATE_AFTER_MS } from "#core/protocol/timing.ts";
import type { InstructionAction } from "#core/trust/instruction.ts";
import type { SignerRefusal } from "#core/trust/signer-verbs.ts";
import type { Act } from "#server/act.ts";
import type { Log } from "#server/log.ts";
import type { SignerClient } from "#server/signer/client.ts";
import type { DirectorVersions } from "./director-versions.ts";
import { createRounds, PATIENCE_MS, signerWaitMs } from "./rounds.ts";
import * as store from "./store.ts";

export type CarryPorts = {
  read: <T>(look: (tx: Act["tx"]) => Promise<T>) => Promise<T>;
  /** An act of the server itself, over all sites. */
  act: <T>(work: (act: Act) => Promise<T>) => Promise<T>;
  signer: SignerClient;
  versions: DirectorVersions;
  nudge: (scannerId: ScannerId, siteId: SiteId) => void;
  nowMs: () => number;
  log: Log;
};

/**
 * What the server does about changes by itself, one after the other: it hands requests to the signer, has withdrawn what was cancelled,
 * and ends what nobody took in time. A crash between the signer's answer and the row is no harm, because the same request is answered alike.
 */
export function createCarrier(ports: CarryPorts): () => Promise<void> {
  return createRounds({
    nowMs: ports.nowMs,
    due: (except, nowMs) => ports.read((tx) => store.changesToCarry(tx, new Date(nowMs), { except })),
    work: (change, nowMs) => carry(ports, change, nowMs),
  });
}

/** @returns how long to leave it alone, milliseconds */
async function carry(ports: CarryPorts, change: store.ChangeRecord, nowMs: number): Promise<number> {
  if (change.endedAt !== null) return await withdraw(ports, change);
  if (change.cancelAskedAt !== null && change.withdrawnAt === null) return await withdraw(ports, change);
  if (change.notAfter.getTime() < nowMs) return await expire(ports, change, nowMs);
  return await instruct(ports, change, nowMs);
}

async function instruct(ports: CarryPorts, change: store.ChangeRecord, nowMs: number): Promise<number> {
  const people = await ports.read((tx) => store.actorNames(tx, [change.requestedBy]));
  const answer = await ports.signer.ask({
    verb: "instruct",
    instruction: {
      scannerId: change.scannerId as ScannerId,
      changeId: change.id,
      action: change.action as InstructionAction,
      release: change.releaseName,
      system: change.system,
      toplevel: change.toplevel,
      notBeforeMs: change.notBefore.getTime(),
      notAfterMs: change.notAfter.getTime(),
      slots: [],
      requestedBy: (people.get(change.requestedBy) ?? change.requestedBy).slice(0, 200),
    },
  });
  if (!answer.ok) return await signerSaidNo(ports, change, { ...answer, nowMs });
  const { seq, directorVersion } = answer;
  await ports.read((tx) =>
    store.updateChange(tx, change.id, {
      seq,
      directorVersion,
      instructedAt: new Date(nowMs),
      instructProblem: null,
    }),
  );
  await ports.versions.raise(change.scannerId, directorVersion);
  ports.nudge(change.scannerId as ScannerId, change.siteId as SiteId);
  return 0;
}

type No = { refused: SignerRefusal | "away"; detail: string; waitMs?: number | undefined; nowMs: number };

async function signerSaidNo(ports: CarryPorts, change: store.ChangeRecord, no: No): Promise<number> {
  const { refused, detail, nowMs } = no;
  // A signer of another version, while one of the two is being replaced.
  const waitMs = refused === "wrong-request" ? PATIENCE_MS : signerWaitMs(no);
  if (waitMs !== null) {
    const problem = refused === "away" || refused === "too-often" ? null : `signer-${refused}`;
    if (problem !== change.instructProblem)
      await ports.read((tx) => store.updateChange(tx, change.id, { instructProblem: problem }));
    return waitMs;
  }
  ports.log.warn("change.not-signed", { changeId: change.id, refused, detail });
  await end(ports, change, { state: "refused", reason: refused, nowMs });
  return 0;
}

/** Taken back: from then on the scanner can only say that it does not carry it out, or that it was too late. */
async function withdraw(ports: CarryPorts, change: store.ChangeRecord): Promise<number> {
  const { scannerId, id: changeId } = change;
  const answer = await ports.signer.ask({
    verb: "withdraw-instruction",
    scannerId: scannerId as ScannerId,
    changeId,
  });
  const nowMs = ports.nowMs();
  if (!answer.ok && answer.refused !== "no-instruction") return answer.waitMs ?? 1_000;
  await ports.read((tx) => store.updateChange(tx, changeId, { withdrawnAt: new Date(nowMs) }));
  if (answer.ok) await ports.versions.raise(scannerId, answer.directorVersion);
  // There never was one: nobody can have taken it.
  else if (change.endedAt === null && change.seq === null)
    await end(ports, change, { state: "cancelled", reason: null, nowMs });
  ports.nudge(scannerId as ScannerId, change.siteId as SiteId);
  return 0;
}

/**
 * Nobody was heard to begin it in time, and from now on nobody may (core/trust/accept.ts). Of a scanner that is not heard either it is
 * not known that nothing happened: that is said, and its word corrects it when it comes (server/change/follow.ts).
 */
async function expire(ports: CarryPorts, change: store.ChangeRecord, nowMs: number): Promise<number> {
  const cancelled = change.cancelAskedAt !== null;
  const heardAt = await ports.read((tx) => store.lastHeardAt(tx, change.scannerId));
  const heard = heardAt !== null && heardAt.getTime() >= nowMs - LATE_AFTER_MS;
  // Without a signature there was nothing to take.
  const certain = heard || change.seq === null;
  await end(ports, change, {
    state: cancelled ? "cancelled" : "expired",
    reason: certain ? (cancelled ? null : "instruction-expired") : "ended-unheard",
    nowMs,
  });
  return 0;
}

type End = { state: ChangeState; reason: string | null; nowMs: number };

/** Only if no report came first: of two ends the one that was seen counts, and of none that did not happen is there a row. */
async function end(ports: CarryPorts, { id }: store.ChangeRecord, how: End): Promise<void> {
  try {
    await ports.act((act) => endNow(act, id, how));
  } catch (error) {
    if (!(error instanceof MovedOn)) throw error;
  }
}

class MovedOn extends Error {}

async function endNow(act: Act, id: string, { state, reason, nowMs }: End): Promise<void> {
  const change = await store.lockChange(act.tx, id);
  if (change === null) throw new Error(`change ${id} is gone`);
  const { organisationId, regionId, siteId, scannerId } = change;
  if (change.endedAt !== null || !BEFORE_ARM.includes(change.state as ChangeState)) throw new MovedOn();
  const at = new Date(nowMs);
  await store.updateChange(act.tx, id, { state, stateReason: reason, stateSince: at, endedAt: at });
  const step = { organisationId, regionId, siteId, scannerId, changeId: id, at, state, reason };
  await store.insertSteps(act.tx, [{ ...step, id: uuidv7(), source: "server", actor: "server", detail: {} }]);
  const body = { scannerId, changeId: id, state, reason };
  await act.audit({ siteId: siteId as SiteId, action: "change.ended", body });
  act.scannersChanged([scannerId as ScannerId], siteId as SiteId);
}
