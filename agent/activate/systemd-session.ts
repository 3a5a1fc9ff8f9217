import { restartUnit } from "#agent/activate/unit-runner.ts";
import type { Units } from "#agent/change/port.ts";
import { DbusError } from "#agent/dbus/signature.ts";
import { openSystemd, type Systemd } from "#agent/dbus/systemd.ts";
import type { System } from "#agent/system.ts";

const AGENT = "fiducial-agent.service";

/** Questions to systemd over one kept connection. A switch restarts the bus now and then: it is then opened anew, once. */
export class SystemdSession {
  readonly #system: System;
  #open: Systemd | null = null;

  constructor(system: System) {
    this.#system = system;
  }

  async ask<T>(question: (systemd: Systemd) => Promise<T>): Promise<T> {
    try {
      return await question(await this.#connected());
    } catch (error) {
      if (!(error instanceof DbusError)) throw error;
      this.close();
      return await question(await this.#connected());
    }
  }

  close(): void {
    this.#open?.close();
    this.#open = null;
  }

  async #connected(): Promise<Systemd> {
    this.#open ??= await openSystemd(this.#system, process.getuid?.() ?? 0, {
      event: () => {},
      closed: () => {
        this.#open = null;
      },
    });
    return this.#open;
  }
}

/** Our own units are no part of the scanner's health: the switch's ends with the status of the switch. */
const isOurs = (name: string) => name.startsWith("fiducial-");

export function systemdUnits(system: System, session: SystemdSession): Units {
  return {
    failed: async () => {
      const units = await session.ask((systemd) => systemd.listUnits([]));
      return units.filter((one) => one.active === "failed" && !isOurs(one.name)).map((one) => one.name);
    },
    states: async (names) => {
      if (names.length === 0) return {};
      const units = await session.ask((systemd) => systemd.listUnits(names));
      return Object.fromEntries(units.map((one) => [one.name, one.active]));
    },
    restartAgent: () => restartUnit(system, AGENT),
    agentRestarts: async () => {
      const restarts = await session.ask(async (systemd) => {
        const [agent] = await systemd.listUnits([AGENT]);
        return agent === undefined ? 0 : systemd.unitProperty(agent.path, "Service", "NRestarts");
      });
      return typeof restarts === "number" ? restarts : 0;
    },
  };
}
