import type { System } from "#agent/system.ts";
import { DbusConnection, type Signal } from "./connection.ts";
import { DbusError, type Value, type Variant } from "./signature.ts";

/**
 * The few questions to systemd that a report needs (org.freedesktop.systemd1(5)), over the system bus. Reading only: no method
 * here starts, stops or reloads anything.
 */
export const SYSTEM_BUS = "/run/dbus/system_bus_socket";
const SYSTEMD = "org.freedesktop.systemd1";
const MANAGER_PATH = "/org/freedesktop/systemd1";
const MANAGER = "org.freedesktop.systemd1.Manager";
const UNIT_PREFIX = "/org/freedesktop/systemd1/unit/";
const PROPERTIES = "org.freedesktop.DBus.Properties";
const TIMEOUT_MS = 10_000;

export type ListedUnit = { name: string; load: string; active: string; sub: string; path: string };
/** `unit`: properties of one unit moved. `job`: a start or stop ended. `configuration`: unit files were read anew, all may differ. */
export type SystemdEvent =
  | { kind: "unit"; path: string }
  | { kind: "job"; name: string }
  | { kind: "configuration" };

export type Systemd = {
  listUnits: (patterns: readonly string[]) => Promise<ListedUnit[]>;
  systemState: () => Promise<string>;
  unitProperty: (path: string, type: string, name: string) => Promise<Value>;
  /** timedate1: whether the kernel clock is synchronised. Starts systemd-timedated if it does not run. */
  clockSynchronised: () => Promise<boolean>;
  close: () => void;
};

/** Connects and subscribes; rejects with DbusError, `refused` with the host's own words when there is no bus. */
export async function openSystemd(
  system: System,
  userId: number,
  listen: { event: (event: SystemdEvent) => void; closed: () => void },
): Promise<Systemd> {
  const stream = await system.connect(SYSTEM_BUS);
  if (!stream.ok) throw new DbusError("refused", stream.detail);
  const connection = await DbusConnection.begin(stream.value, {
    userId,
    timeoutMs: TIMEOUT_MS,
    onSignal: (signal) => {
      const event = eventOf(signal);
      if (event !== null) listen.event(event);
    },
    onClosed: listen.closed,
  });
  await connection.addMatch(`type='signal',sender='${SYSTEMD}',path_namespace='${MANAGER_PATH}'`);
  await connection.call({
    destination: SYSTEMD,
    path: MANAGER_PATH,
    interface: MANAGER,
    member: "Subscribe",
  });
  return methods(connection);
}

function methods(connection: DbusConnection): Systemd {
  const property = async (destination: string, path: string, of: string, name: string) => {
    const call = {
      destination,
      path,
      interface: PROPERTIES,
      member: "Get",
      signature: "ss",
      body: [of, name],
    };
    const [value] = await connection.call(call);
    if (!isVariant(value)) throw new DbusError("malformed", `property ${name} is not a variant`);
    return value.value;
  };
  return {
    listUnits: async (patterns) => {
      const [units] = await connection.call({
        destination: SYSTEMD,
        path: MANAGER_PATH,
        interface: MANAGER,
        member: "ListUnitsByPatterns",
        signature: "asas",
        body: [[], patterns],
      });
      return listedUnits(units);
    },
    systemState: async () => String(await property(SYSTEMD, MANAGER_PATH, MANAGER, "SystemState")),
    unitProperty: (path, type, name) => property(SYSTEMD, path, `${SYSTEMD}.${type}`, name),
    clockSynchronised: async () =>
      (await property(
        "org.freedesktop.timedate1",
        "/org/freedesktop/timedate1",
        "org.freedesktop.timedate1",
        "NTPSynchronized",
      )) === true,
    close: () => connection.close(),
  };
}

/** `a(ssssssouso)`: name, description, load, active, sub, following, object path, job id, job type, job path. */
function listedUnits(value: Value | undefined): ListedUnit[] {
  if (!Array.isArray(value)) throw new DbusError("malformed", "list of units is not a list");
  return (value as readonly Value[]).map((row) => {
    if (!Array.isArray(row) || row.length < 7)
      throw new DbusError("malformed", "unit in the list is not as documented");
    const [name, , load, active, sub, , path] = row as readonly Value[];
    return {
      name: String(name),
      load: String(load),
      active: String(active),
      sub: String(sub),
      path: String(path),
    };
  });
}

/**
 * UnitNew and UnitRemoved are left out on purpose: systemd sends them also when a question of ours makes it load a unit, and
 * answering them with a question would never end. A unit that truly came or went had a job or a property that changed.
 */
function eventOf(signal: Signal): SystemdEvent | null {
  const { interface: from, member, path } = signal;
  if (from === PROPERTIES && member === "PropertiesChanged" && path?.startsWith(UNIT_PREFIX))
    return { kind: "unit", path };
  if (from !== MANAGER) return null;
  if (member === "Reloading" || member === "UnitFilesChanged") return { kind: "configuration" };
  if (member !== "JobRemoved") return null;
  // `uoss`: job id, job path, unit name, result.
  const [, , name] = signal.readBody();
  return typeof name === "string" ? { kind: "job", name } : null;
}

/** The unit's name in an object path: bytes other than letters and digits are written `_xx`. */
export function unitNameOf(path: string): string {
  return path
    .slice(UNIT_PREFIX.length)
    .replace(/_([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function isVariant(value: Value | undefined): value is Variant {
  return typeof value === "object" && value !== null && "signature" in value;
}
