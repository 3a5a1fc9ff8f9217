import { createHash } from "node:crypto";
import type { ChangeTold } from "#core/report/change-kind.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { SCAN_STATES } from "#core/safety/socket.ts";
import type { FaultId } from "#demo/fault/fault-id.ts";
import type { ModelName } from "#demo/model/model.ts";

/** Which system a generation is: a release of the fleet by name ("2026.10.2"), or one that somebody built on the host from it. */
export type SystemRef =
  | { kind: "release"; name: string }
  | { kind: "untracked"; base: string; builtAtMs: number };

export type HostGeneration = { number: number; system: SystemRef; createdAtMs: number };

/** Generations by number: what runs now, what was booted, what the profile and the boot loader point to. */
type ClosureLinks = { running: number; booted: number; profile: number; nextBoot: number };

export type Hardware = {
  /** 32 hex digits, /etc/machine-id: it lives on the disk. */
  machineId: string;
  /** Addresses burnt into the two cards of the main board; they stay with the chassis. */
  addresses: readonly [string, string];
};

type ConfirmedTold = NonNullable<FactValue<"confirmed">["generations"]>;

export type FaultAt = { fault: FaultId; sinceMs: number };

/**
 * One simulated host at a moment, as plain data. Everything the agent can see follows from it: the model says what a healthy one
 * looks like, `faults` what is wrong with this one (demo/fault/faults.ts). Times are milliseconds since the epoch.
 */
export type HostState = {
  serial: string;
  hostname: string;
  model: ModelName;
  hardware: Hardware;
  /** Generations of the system profile still on disk, in any order, each number once. */
  generations: readonly HostGeneration[];
  links: ClosureLinks;
  boot: { id: string; atMs: number };
  /** When the running closure became the running one. */
  switchedAtMs: number;
  /** Its wall clock minus the true one. */
  clockOffsetMs: number;
  scan: { state: (typeof SCAN_STATES)[number]; energised: boolean };
  lastSelfTestAtMs: number;
  calibratedAtMs: number;
  /** What the scanner says of its running or last change; null: none was ever carried out. */
  change: ChangeTold | null;
  /** What it says was confirmed on it; left out: it keeps no list yet, because nothing was changed on it since the fleet was made. */
  confirmed?: ConfirmedTold;
  /** What it says stands against changes on it; left out: it keeps no such list yet. */
  quarantine?: FactValue<"quarantine">;
  faults: readonly FaultAt[];
};

/** Hardware of a scanner as it left the factory; nothing but the serial decides it. */
export function factoryHardware(serial: string): Hardware {
  return { machineId: hex(`machine-id ${serial}`).slice(0, 32), addresses: chassisAddresses(serial) };
}

/** Of another chassis of the same model: what a repair that mixed up two scanners leaves behind (F27). */
export function chassisAddresses(chassis: string): readonly [string, string] {
  const digits = hex(`chassis ${chassis}`);
  const card = (at: number) => `a0:36:9f:${digits.slice(at, at + 6).replace(/(..)(?=.)/g, "$1:")}`;
  return [card(0), card(6)];
}

/** A boot id (random(4)) that is always the same for the same boot of the same scanner. */
export function bootIdOf(serial: string, boot: number | string): string {
  const digits = hex(`boot ${serial} ${boot}`);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join("-");
}

function hex(text: string): string {
  return createHash("sha256").update(`fiducial.host.v1 ${text}`).digest("hex");
}
