import { setTimeout as sleep } from "node:timers/promises";
import { ballastIn } from "#agent/activate/ballast.ts";
import { bootLoaderOf } from "#agent/activate/boot-loader.ts";
import { faultHook } from "#agent/activate/faulting.ts";
import type { Folders } from "#agent/activate/folders.ts";
import { lookAtHost, readBootId } from "#agent/activate/look.ts";
import { type NixStore, nixStore } from "#agent/activate/nix-store.ts";
import { type AllRecords, folderRecords } from "#agent/activate/records.ts";
import { unitSwitcher } from "#agent/activate/switcher.ts";
import { SystemdSession, systemdUnits } from "#agent/activate/systemd-session.ts";
import { startDeadline, stopDeadline } from "#agent/activate/unit-runner.ts";
import type { ChangePort, Done } from "#agent/change/port.ts";
import { createSafetyListener, waitForSafety } from "#agent/collect/safety-socket.ts";
import type { System } from "#agent/system.ts";
import type { SafetyHeard } from "#core/change/gates.ts";
import type { ChangeSettings } from "#core/change/settings.ts";

/** A scanner as the change machine touches it, with what only the activator needs beside it. */
export type Host = Omit<ChangePort, "records" | "store"> & {
  system: System;
  folders: Folders;
  records: AllRecords;
  store: NixStore;
  bootId: string;
  /** How this program is started again, in a unit of its own. */
  command: readonly string[];
  close(): void;
};

export type HostOptions = {
  system: System;
  folders: Folders;
  settings: ChangeSettings;
  command: readonly string[];
  log: (text: string) => void;
};

const SET_LIMITS = { timeoutMs: 120_000, maxBytes: 1024 * 1024 };

export async function openHost({ system, folders, settings, command, log }: HostOptions): Promise<Host> {
  const bootId = await readBootId(system);
  const session = new SystemdSession(system);
  const safety = createSafetyListener(system, settings.safetySocket);
  safety.start(() => {});
  await waitForSafety(safety, system, true);
  return {
    ...{ system, folders, settings, bootId, command, log },
    clock: clockOf(system),
    records: folderRecords(folders, log),
    store: nixStore({ system, folders, bootId, trustedKeys: settings.trustedKeys }),
    profile: { set: (toplevel) => setProfile(system, folders, toplevel) },
    boot: bootLoaderOf(system, settings, log),
    switcher: unitSwitcher(system, folders),
    units: systemdUnits(system, session),
    deadline: {
      arm: (ms) => startDeadline(system, ms, [...command, "deadline"]),
      disarm: () => stopDeadline(system),
    },
    safety: { heard: () => heard(safety.hearing(), system.monotonicMs()) },
    look: lookAtHost(system, folders),
    ballast: ballastIn(folders.state, log),
    fault: faultHook,
    close: () => {
      safety.stop();
      session.close();
    },
  };
}

function clockOf(system: System): ChangePort["clock"] {
  return {
    nowMs: () => Math.trunc(system.nowMs()),
    monotonicMs: () => system.monotonicMs(),
    localMinute: () => {
      const now = new Date(system.nowMs());
      return now.getHours() * 60 + now.getMinutes();
    },
    sleep: async (ms) => {
      await sleep(ms);
    },
  };
}

/** Absolute and repeatable: `--rollback` is relative and goes one too far when it is done twice (reliability.md, finding 7). Whoever sets it syncs. */
async function setProfile(system: System, folders: Folders, toplevel: string): Promise<Done> {
  const ran = await system.run(
    "nix-env",
    ["--profile", `${folders.profiles}/system`, "--set", toplevel],
    SET_LIMITS,
  );
  if (!ran.ok) return { ok: false, detail: `nix-env: ${ran.detail}` };
  if (ran.value.status !== 0) return { ok: false, detail: `nix-env: ${ran.value.stderr.trim().slice(-300)}` };
  return { ok: true };
}

function heard(
  hearing: { last: NonNullable<SafetyHeard["last"]>["state"] | null; lastAtMs: number | null },
  nowMs: number,
): SafetyHeard {
  const { last, lastAtMs } = hearing;
  return { last: last === null || lastAtMs === null ? null : { state: last, ageMs: nowMs - lastAtMs } };
}
