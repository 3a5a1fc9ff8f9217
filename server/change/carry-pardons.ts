import { PARDON_LASTS_MS } from "#core/change/pardon.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { Pardon } from "#core/trust/instruction.ts";
import type { Act } from "#server/act.ts";
import type { CarryPorts } from "./carry.ts";
import { saidOf } from "./pardon.ts";
import * as pardons from "./pardon-store.ts";
import { createRounds, PATIENCE_MS, signerWaitMs } from "./rounds.ts";
import * as store from "./store.ts";
import { writeStep } from "./write-step.ts";

/**
 * Hands what people decided of failed changes to the signer: a scanner believes no unsigned word (ACT-6). Asked again after a crash it is
 * answered alike, because the decision's own id is the id of the instruction.
 */
export function createPardonCarrier(ports: CarryPorts): () => Promise<void> {
  return createRounds({
    nowMs: ports.nowMs,
    due: (except, nowMs) =>
      ports.read((tx) => pardons.grantedToSign(tx, new Date(nowMs - PARDON_LASTS_MS), except)),
    work: (granted, nowMs) => carry(ports, granted, nowMs),
  });
}

/** @returns how long to leave it alone, milliseconds */
async function carry(ports: CarryPorts, granted: pardons.Granted, nowMs: number): Promise<number> {
  const found = await ports.read(async (tx) => {
    const change = await store.changeById(tx, granted.changeId);
    const said = saidOf(await pardons.pardonSteps(tx, granted.changeId));
    const names = await store.actorNames(tx, [...new Set(said.map(({ by }) => by))]);
    return { change, said, names };
  });
  const { change, said, names } = found;
  const at = said.findIndex(({ id }) => id === granted.id);
  const decided = said[at];
  if (change === null || decided === undefined) return PATIENCE_MS;
  const asked = said.slice(0, at).findLast(({ step }) => step === "lift-asked");
  const lift = decided.step === "lift-confirmed";
  const people = lift && asked !== undefined ? [asked, decided] : [decided];
  const action: Pardon = lift ? "lift-block" : "release-hold";
  const answer = await ports.signer.ask({
    verb: "instruct",
    instruction: {
      scannerId: change.scannerId as ScannerId,
      changeId: decided.id,
      action,
      release: change.releaseName,
      system: change.system,
      toplevel: change.toplevel,
      failedChangeId: change.id,
      notBeforeMs: decided.atMs,
      notAfterMs: decided.atMs + PARDON_LASTS_MS,
      slots: [],
      requestedBy: people
        .map(({ by }) => names.get(by) ?? by)
        .join(", ")
        .slice(0, 200),
    },
  });
  if (!answer.ok)
    return signerWaitMs(answer) ?? (await refused(ports, change, { of: decided.id, why: answer.refused }));
  const { seq, directorVersion } = answer;
  const detail = { of: decided.id, seq, directorVersion };
  await ports.read((tx) =>
    writeStep({ tx, nowMs }, change, { step: "pardon-signed", source: "server", by: "server", detail }),
  );
  await ports.versions.raise(change.scannerId, directorVersion);
  ports.nudge(change.scannerId as ScannerId, change.siteId as SiteId);
  return 0;
}

async function refused(
  ports: CarryPorts,
  change: store.ChangeRecord,
  detail: { of: string; why: string },
): Promise<number> {
  ports.log.warn("change.pardon-not-signed", { changeId: change.id, refused: detail.why });
  await ports.act(async (act: Act) => {
    await writeStep(act, change, { step: "pardon-refused", source: "server", by: "server", detail });
    const { scannerId, siteId } = change;
    const body = { scannerId, changeId: change.id, reason: detail.why };
    await act.audit({ siteId: siteId as SiteId, action: "change.pardon-refused", body });
    act.scannersChanged([scannerId as ScannerId], siteId as SiteId);
  });
  return 0;
}
