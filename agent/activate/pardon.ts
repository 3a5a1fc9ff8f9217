import type { Host } from "#agent/activate/host.ts";
import type { VerifiedInstruction } from "#agent/trust/verified.ts";
import { liftBlock } from "#core/change/blocked.ts";
import type { Instruction } from "#core/trust/instruction.ts";

/**
 * What people decided of a failure, as the signer signed it for this very scanner (ACT-5, ACT-6). It names the change that failed: where
 * nothing of that change stands any more, it says nothing. Saying it twice is saying it once.
 */
export async function takePardon(
  host: Pick<Host, "records" | "log">,
  { instruction }: VerifiedInstruction,
): Promise<void> {
  if (instruction.action === "release-hold") return await endHold(host, instruction);
  const { toplevel, failedChangeId, requestedBy } = instruction;
  const left = liftBlock(await host.records.failures(), { toplevel, changeId: failedChangeId });
  if (left === null) return;
  await host.records.saveFailures(left);
  host.log(`${toplevel} is no longer blocked: ${requestedBy}`);
}

/** Whether anything that it would end stands here. */
export async function stillStands(
  { records }: Pick<Host, "records">,
  { action, toplevel, failedChangeId }: Instruction,
): Promise<boolean> {
  if (action === "lift-block")
    return liftBlock(await records.failures(), { toplevel, changeId: failedChangeId }) !== null;
  const held = await records.held();
  return held !== null && held.changeId === failedChangeId;
}

async function endHold(
  { records, log }: Pick<Host, "records" | "log">,
  instruction: Instruction,
): Promise<void> {
  const held = await records.held();
  if (held === null || held.changeId !== instruction.failedChangeId) return;
  await records.saveReleased(held.changeId);
  log(`released after ${held.changeId}: ${instruction.requestedBy}`);
}
