import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { HttpSource } from "#agent/fetch/http-source.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import { confirmedBefore } from "#demo/change/confirmed-before.ts";
import { keptState, Machine } from "#demo/change/machine.ts";
import type { Pace } from "#demo/change/pace.ts";
import { type ChangesParts, ScannerChanges } from "#demo/change/scanner-changes.ts";
import type { Folders } from "#demo/fleet/state-folder.ts";
import type { HostState } from "#demo/host/host-state.ts";
import type { SimulatedHost } from "#demo/host/simulated-system.ts";
import type { Stage } from "#demo/host/stage.ts";

/** What all scanners of a fleet that may be changed have in common. */
export type FleetChanges = {
  /** Folder of the first roots that every scanner believes. */
  firstRoots: string;
  metadata: HttpSource;
  pace: Pace;
};

/** What of a change only the process can do in which the scanner's agent runs. */
export type AgentHooks = Pick<ChangesParts, "reboot" | "restartAgent" | "agentAgeMs">;

/** Beside the agent's own folders; there once the scanner was asked to change. */
export function homeOf({ stateDir }: Pick<Folders, "stateDir">): string {
  return join(stateDir, "..", "change");
}

/** Where earlier runs of this program left the host; `changed`: they did change it, or began to. */
export async function lastState(
  folders: Pick<Folders, "stateDir">,
  planned: HostState,
): Promise<{ state: HostState; changed: boolean }> {
  const home = homeOf(folders);
  const changed = await stat(home).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
      throw error;
    },
  );
  return { state: changed ? await keptState(home, planned) : planned, changed };
}

export type Changed = {
  scannerId: string;
  host: SimulatedHost;
  stage: Stage;
  folders: Folders;
  log: (line: string) => void;
};

export function openChanges(fleet: FleetChanges, one: Changed, hooks: AgentHooks): ScannerChanges {
  const { host, stage, folders, scannerId, log } = one;
  const home = homeOf(folders);
  const planned = host.state;
  return new ScannerChanges({
    ...hooks,
    ...{ home, metadata: fleet.metadata, pace: fleet.pace },
    machine: new Machine(host, stage, home),
    scannerId: scannerId as ScannerId,
    folders: { trust: fleet.firstRoots, identity: folders.stateDir },
    past: () => confirmedBefore(planned, stage.systems),
    log: (text) => log(`${planned.serial}: ${text}`),
  });
}
