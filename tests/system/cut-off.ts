import { expect } from "vitest";
import { buildName } from "../../scripts/build-agent.mjs";
import { type Cut, type CutResult, endsOfCut, titleOf } from "./cut-cases.ts";
import type { Begun, CutScanner } from "./cut-scanner.ts";
import { expectInvariants } from "./invariants.ts";

/** One case: a change up to the point, the cut, the boot, the guard three times, and the invariants. Throws where one of them does not hold. */
export async function cutOff(cutter: CutScanner, cut: Cut): Promise<CutResult> {
  const begunAtMs = Date.now();
  const was = await cutter.atRest();
  cutter.canary("synced").write({ synced: true });
  const change = await cutter.begin(cut, was, [`${cut.point}:park`]);
  const { scanner } = cutter;
  try {
    await lose(cutter, cut);
    const canary = cutter.canary("struck").seen();
    const last = cutter.canary("last").seen();
    const damaged = (await cutter.damaged()).length;
    const end = await recovered(cutter, change);
    expect(endsOfCut(cut)).toContain(end);
    expect({ damaged, fsck: cutter.disk.fsck }).toEqual({ damaged: 0, fsck: { system: 0, esp: 0 } });
    const reason = (await scanner.told())?.reason ?? null;
    const seconds = Math.round((Date.now() - begunAtMs) / 1000);
    return { ...cut, end, reason, canary, last, damaged, fsck: 0, seconds, build: buildName() };
  } catch (error) {
    console.log(`${titleOf(cut)}: ${change.changeId}\n${await scanner.journal().catch(String)}`);
    throw error;
  }
}

/** Power goes, and comes back, and what was synced is there. */
async function lose(cutter: CutScanner, { delay }: Cut): Promise<void> {
  await cutter.struck();
  cutter.canary("struck").write({ synced: false });
  await cutter.pause(delay);
  await cutter.scanner.nixos.cutPower();
  expect(cutter.canary("synced").seen()).toBe("whole");
}

async function recovered(cutter: CutScanner, change: Begun): Promise<CutResult["end"]> {
  for (let again = 0; again < 3; again += 1) await cutter.restartGuard();
  await cutter.scanner.untilOver(change.changeId);
  return expectInvariants(cutter.scanner, change);
}
