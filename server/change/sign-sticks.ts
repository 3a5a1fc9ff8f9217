import type { StickSaid } from "#core/change/stick.ts";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { CarryPorts } from "./carry.ts";
import { createRounds, PATIENCE_MS, signerWaitMs } from "./rounds.ts";
import { type StickToSign, stickSaid, sticksToSign } from "./stick-store.ts";
import * as store from "./store.ts";
import { writeStep } from "./write-step.ts";

/**
 * Hands decisions to carry a change by hand to the signer. Asked again after a crash it is answered alike: what is good until then already is
 * signed no second time.
 */
export function createStickSigner(ports: CarryPorts): () => Promise<void> {
  return createRounds({
    nowMs: ports.nowMs,
    due: (except) => ports.read((tx) => sticksToSign(tx, except)),
    work: (one, nowMs) => sign(ports, one, nowMs),
  });
}

/** @returns how long to leave it alone, milliseconds */
async function sign(ports: CarryPorts, { id, changeId }: StickToSign, nowMs: number): Promise<number> {
  const found = await ports.read(async (tx) => ({
    change: await store.changeById(tx, changeId),
    asked: (await stickSaid(tx, changeId)).find((one) => one.id === id),
  }));
  const { change, asked } = found;
  if (change === null || asked === undefined) return PATIENCE_MS;
  const untilMs = asked.untilMs ?? change.notAfter.getTime();
  if (untilMs <= nowMs) return await refused(ports, { change, asked, why: "carry-too-late" });
  const scannerId = change.scannerId as ScannerId;
  const answer = await ports.signer.ask({ verb: "carry-instruction", scannerId, changeId, untilMs });
  if (!answer.ok)
    return signerWaitMs(answer) ?? (await refused(ports, { change, asked, why: answer.refused }));
  const { directorVersion, expiresAtMs } = answer;
  await ports.read(async (tx) => {
    const now = await store.lockChange(tx, changeId);
    // What ended meanwhile has its last word already.
    if (now === null || now.endedAt !== null) return;
    const detail = { of: asked.id, untilMs: expiresAtMs, directorVersion };
    await writeStep({ tx, nowMs }, now, { step: "carry-signed", source: "server", by: "server", detail });
  });
  await ports.versions.raise(scannerId, directorVersion);
  ports.nudge(scannerId, change.siteId as SiteId);
  return 0;
}

type Refused = { change: store.ChangeRecord; asked: StickSaid; why: string };

async function refused(ports: CarryPorts, { change, asked, why }: Refused): Promise<number> {
  ports.log.warn("change.carry-not-signed", { changeId: change.id, refused: why });
  await ports.act(async (act) => {
    const now = await store.lockChange(act.tx, change.id);
    const { scannerId, siteId } = change;
    // Not after the last word of a change, which would then look like the signer's.
    if (now !== null && now.endedAt === null)
      await writeStep(act, now, {
        ...{ step: "carry-refused", source: "server", by: "server" },
        detail: { of: asked.id, reason: why },
      });
    const body = { scannerId, changeId: change.id, reason: why };
    await act.audit({ siteId: siteId as SiteId, action: "change.carry-refused", body });
    act.scannersChanged([scannerId as ScannerId], siteId as SiteId);
  });
  return 0;
}
