import { setTimeout as pause } from "node:timers/promises";
import { FOLDERS, type Folders } from "#agent/activate/folders.ts";
import type { Host } from "#agent/activate/host.ts";
import { lookAtHost, readBootId } from "#agent/activate/look.ts";
import { type AllRecords, folderRecords } from "#agent/activate/records.ts";
import { SystemdSession, systemdUnits } from "#agent/activate/systemd-session.ts";
import type { ChangePort, Done } from "#agent/change/port.ts";
import type { Outcome, Ran, System } from "#agent/system.ts";
import { type ChangeSettings, changeSettingsSchema } from "#core/change/settings.ts";
import { quarantineOf } from "#core/report/quarantine-kind.ts";
import type { Machine } from "#demo/change/machine.ts";
import type { Pace } from "#demo/change/pace.ts";
import { safetyStateOf } from "#demo/host/safety-daemon.ts";

/** Where one scanner's half of the change machine keeps its files; what is not here is a place on the simulated host. */
export type ChangeFolders = Pick<Folders, "state" | "spool" | "trust" | "identity">;

export type HostParts = {
  machine: Machine;
  folders: ChangeFolders;
  pace: Pace;
  /** The unit that carries a change: whether it runs, and how it is started. */
  unit: { running: () => boolean; start: () => void };
  /** systemd stops the agent and starts it again. */
  restartAgent: () => Promise<void>;
  /** Milliseconds since the agent's last sign of life; null: it gave none. */
  agentAgeMs: () => Promise<number | null>;
  /** The machine was told to go down. */
  goDown: () => void;
  log: (text: string) => void;
};

/** The host of a simulated scanner as the programs that change it see it: the same port, over a machine of a few fields. */
export async function openHost(parts: HostParts): Promise<Host> {
  const { machine, pace, log } = parts;
  const system = systemOf(parts);
  const folders: Folders = { ...FOLDERS, ...parts.folders };
  const settings = settingsOf(machine);
  const session = new SystemdSession(system);
  return {
    ...{ system, folders, settings, log },
    bootId: await readBootId(system),
    command: ["fiducial-activate"],
    clock: clockOf(system, pace),
    records: recordsOf(parts),
    store: storeOf(machine, pace),
    profile: { set: (toplevel) => doneIf(machine.setProfile(toplevel), toplevel) },
    boot: bootLoaderOf(parts),
    // Every release brings another kernel, so a scanner of this fleet always boots into one.
    switcher: { run: async () => null, busy: async () => false },
    units: {
      ...systemdUnits(system, session),
      restartAgent: async () => {
        await parts.restartAgent();
        return { ok: true };
      },
    },
    // Whoever would outlive this program and go back for it would be another program; a start of this one looks at the journal instead.
    deadline: { arm: async () => ({ ok: true }), disarm: async () => ({ ok: true }) },
    safety: {
      heard: () => {
        const state = safetyStateOf(machine.host.picture);
        return { last: state === null ? null : { state, ageMs: 0 } };
      },
    },
    look: { ...lookAtHost(system, folders), agentAgeMs: parts.agentAgeMs },
    ballast: { free: async () => undefined, restore: async () => undefined },
    fault: async () => undefined,
    close: () => session.close(),
  };
}

/** What the scanner's own configuration says. */
function settingsOf({ host }: Machine): ChangeSettings {
  return changeSettingsSchema.parse({
    schema: "fiducial.changes/1",
    enable: true,
    model: host.state.model,
    consent: "not-needed",
    bootLoader: "systemd-boot",
  });
}

/** The host's systemd as far as it is asked: one unit that carries a change, and everything else is fine. */
function systemOf({ machine, unit }: HostParts): System {
  const { system } = machine.host;
  const ran = (status: number, stdout: string): Outcome<Ran> => ({
    ok: true,
    value: { status, stdout, stderr: "" },
  });
  return {
    ...system,
    run: async (program, args, limits) => {
      if (program === "systemctl" && args[0] === "is-active")
        return unit.running() ? ran(0, "active\n") : ran(3, "inactive\n");
      if (program === "systemctl") return ran(0, "");
      if (program !== "systemd-run" || !args.some((word) => word.startsWith("--unit=fiducial-change")))
        return system.run(program, args, limits);
      unit.start();
      return ran(0, "");
    },
  };
}

function clockOf(system: System, { wait }: Pace): ChangePort["clock"] {
  return {
    nowMs: () => Math.trunc(system.nowMs()),
    monotonicMs: () => system.monotonicMs(),
    localMinute: () => {
      const now = new Date(system.nowMs());
      return now.getUTCHours() * 60 + now.getUTCMinutes();
    },
    sleep: async (ms) => {
      await pause(ms * wait);
    },
  };
}

/** The activator's real files; what it tells lies on the simulated host, where the agent reads it. */
function recordsOf({ machine, folders, log }: HostParts): AllRecords {
  const records = folderRecords({ state: folders.state, run: folders.state }, log);
  return {
    ...records,
    tell: async (told) => {
      const { generations } = await records.confirmed();
      const confirmed = generations.map(({ toplevel, release, confirmedAtMs }) => ({
        ...{ toplevel, release, confirmedAtMs },
      }));
      const quarantine = quarantineOf(await records.held(), await records.failures());
      // No change by this machine yet: what the host says of its past stands.
      if (told.state !== "none")
        machine.host.change((state) => ({ ...state, change: told, confirmed, quarantine }));
    },
  };
}

function storeOf(machine: Machine, pace: Pace): Host["store"] {
  return {
    copy: async () => {
      await pause(pace.work);
      return { ok: true };
    },
    prove: async (toplevel, closureDigest, fresh) => {
      if (!fresh) await pause(pace.work);
      const held = machine.holds(toplevel);
      if (held === null) return { ok: false, refused: "not-on-disk", detail: toplevel };
      if (closureDigest === null || closureDigest === held.digest) return { ok: true };
      return { ok: false, refused: "content-mismatch", detail: `the closure is ${held.digest}` };
    },
    missing: async (paths) => machine.missing(paths),
    copyEarly: async () => ({ ok: true }),
    dropEarly: async () => undefined,
    root: async () => undefined,
    dropRootsBeyond: async () => undefined,
    sync: async () => undefined,
    space: async () => {
      const disk = await machine.host.system.disk("/");
      return { freeBytes: disk.ok ? disk.value.freeBytes : 0 };
    },
  };
}

function bootLoaderOf({ machine, pace, goDown }: HostParts): Host["boot"] {
  return {
    install: async (toplevel, once) => {
      await pause(pace.work);
      return once ? { ok: true } : doneIf(machine.setDefault(toplevel), toplevel);
    },
    nextBoot: (toplevel) => doneIf(machine.setOneShot(toplevel), toplevel),
    makeDefault: (toplevel) => doneIf(machine.setDefault(toplevel), toplevel),
    space: async () => null,
    reboot: async () => {
      // Units are stopped first, the agent among the last: what it has to say is said.
      await pause(pace.work);
      goDown();
      return { ok: true };
    },
  };
}

async function doneIf(done: Promise<boolean>, toplevel: string): Promise<Done> {
  return (await done) ? { ok: true } : { ok: false, detail: `nothing of ${toplevel} is on this disk` };
}
