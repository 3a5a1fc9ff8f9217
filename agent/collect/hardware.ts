import type { Outcome, System } from "#agent/system.ts";
import { type Fact, observed, type Unknown } from "#core/report/fact.ts";
import type { Source } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

/** Without a word from udev the drivers are looked at this often, and what a device says of itself less often still. */
const LOOK_MS = 60_000;
const REREAD_MS = 15 * 60_000;

/** Changes when devices may have come, gone or changed their driver: udev said so, or enough time has passed. */
export function deviceMoment({ system, hotplug }: Source): string {
  return `${hotplug.count} ${Math.floor(system.monotonicMs() / LOOK_MS)}`;
}

/** As `deviceMoment`, for what only a device that came newly can change. */
export function deviceEpoch({ system, hotplug }: Source): string {
  return `${hotplug.count} ${Math.floor(system.monotonicMs() / REREAD_MS)}`;
}

/** A sysfs attribute could not be read for another reason than that the device has just gone. */
export class Unreadable extends Error {
  readonly fact: Unknown;
  constructor(fact: Unknown) {
    super(fact.reason.code);
    this.fact = fact;
  }
}

/** Text of an attribute; null: there is none. @throws Unreadable when it is there and may not be read */
export async function attribute(system: System, path: string): Promise<string | null> {
  const text = presentOrNull(await system.readText(path, 4096), path);
  return text === null ? null : text.trim();
}

/** Name of the driver that a `driver` link leads to; null: no driver is bound. @throws Unreadable */
export async function driverOf(system: System, folder: string): Promise<string | null> {
  const path = `${folder}/driver`;
  const target = presentOrNull(await system.readLink(path), path);
  return target === null ? null : target.slice(target.lastIndexOf("/") + 1).slice(0, 64);
}

export function presentOrNull<T>(outcome: Outcome<T>, path: string): T | null {
  if (outcome.ok) return outcome.value;
  // A device that was pulled out while it was read answers "no such device" (errno ENODEV), which is no less gone.
  if (outcome.problem === "missing" || /\bENODEV\b/.test(outcome.detail)) return null;
  throw new Unreadable(reasonOf(outcome, path));
}

/**
 * A whole list or nothing: a device that was left out because it could not be read would be taken for absent (SEE-14).
 * @param bus where the kernel lists the devices of one bus
 */
export async function listDevices<T>(
  system: System,
  bus: string,
  read: (names: readonly string[]) => Promise<T>,
): Promise<Fact<T>> {
  const names = await system.list(`${bus}/devices`);
  if (!names.ok) return names.problem === "missing" ? missingBus(system, bus) : reasonOf(names, bus);
  return whole(() => read(names.value));
}

/** @returns the value observed, or the reason why a part of it could not be read */
export async function whole<T>(read: () => Promise<T>): Promise<Fact<T>> {
  try {
    return observed(await read());
  } catch (error) {
    if (error instanceof Unreadable) return error.fact;
    throw error;
  }
}

/** Where the kernel lists its buses and this is none of them, the machine has none; where it lists none, nobody can say. */
async function missingBus(system: System, bus: string): Promise<Unknown> {
  const buses = await system.list("/sys/bus");
  return buses.ok ? notKnown("no-such-bus", { path: bus }) : reasonOf(buses, "/sys/bus");
}
