import type { FaultId } from "#demo/fault/fault-id.ts";
import { canHave, withFault } from "#demo/fault/faults.ts";
import type { FleetMember } from "#demo/fleet/fleet.ts";
import type { Systems } from "#demo/host/systems.ts";
import type { FleetPlan, PlannedScanner } from "#demo/plan/plan.ts";
import { scannerKeyPem } from "#demo/plan/scanner-key.ts";
import { hostStateAt } from "#demo/seed/host-state-at.ts";
import { agentStartOf } from "#demo/seed/steps.ts";

/** A fault that somebody asked for before the start. */
export type Wanted = { fault: FaultId; serial: string };

export type Making = {
  plan: FleetPlan;
  systems: Systems;
  secret: Uint8Array;
  wanted: readonly Wanted[];
  nowMs: number;
};

/**
 * The scanners of a plan, each ready to go on where its history ends.
 * @throws Error when a wanted fault names a scanner that is not there, or one that cannot have it
 */
export function membersOf(making: Making): FleetMember[] {
  const serials = new Map(making.plan.scanners.map((one) => [one.serial, one]));
  for (const { fault, serial } of making.wanted) {
    const scanner = serials.get(serial);
    if (scanner === undefined) throw new Error(`there is no scanner ${serial} in this fleet`);
    if (!canHave(scanner, fault))
      throw new Error(`${serial} is a ${scanner.model}, which cannot have ${fault}`);
  }
  return making.plan.scanners.map((scanner) => memberOf(scanner, making));
}

function memberOf(scanner: PlannedScanner, { plan, systems, secret, wanted, nowMs }: Making): FleetMember {
  const { scannerId, serial, enrolledMs, now, condition } = scanner;
  const asPlanned = hostStateAt(plan, scanner, plan.nowMs);
  const state = wanted
    .filter((one) => one.serial === serial)
    .reduce((before, { fault }) => withFault(before, fault, nowMs), asPlanned);
  return {
    scannerId,
    serial,
    enrolledAtMs: enrolledMs,
    privateKeyPem: scannerKeyPem(secret, serial),
    numbers: agentStartOf(plan, scanner, systems),
    state,
    silent: now.silentSinceMs !== null,
    nominal: condition.word === "nominal" && now.service === "in-service" && state.faults.length === 0,
  };
}
