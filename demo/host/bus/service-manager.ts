import { type Body, BodyReader, BodyWriter, type BusCall, NOTHING } from "#demo/host/bus/wire.ts";
import type { Picture, UnitLook } from "#demo/host/picture.ts";
import type { ModelUnit } from "#demo/model/model.ts";

/** systemd's answers on the system bus (org.freedesktop.systemd1(5)): the manager, its units, and timedated. Read-only questions. */
const MANAGER_PATH = "/org/freedesktop/systemd1";
const MANAGER = "org.freedesktop.systemd1.Manager";
const UNIT_PATH = `${MANAGER_PATH}/unit/`;
const PROPERTIES = "org.freedesktop.DBus.Properties";
const BUS = "org.freedesktop.DBus";

export type Answer = Body | { errorName: string };

/** A unit as systemd holds it. */
export type HostUnit = UnitLook & { name: string; enabled: string; path: string };

const STARTED_AFTER_MS = 9_000;

export function unitsOf({ model, units, state }: Picture): HostUnit[] {
  return model.units.map((unit) => ({ ...healthyUnit(unit, state.boot.atMs), ...units[unit.name] }));
}

function healthyUnit({ name, active, sub, enabled }: ModelUnit, bootedMs: number): HostUnit {
  const sinceMs = bootedMs + STARTED_AFTER_MS;
  return {
    name,
    active,
    sub,
    enabled,
    sinceMs,
    result: "success",
    restarts: 0,
    mainStatus: 0,
    path: unitPath(name),
  };
}

/** Bytes other than letters and digits are written `_xx` (sd_bus_path_encode(3)), a digit at the beginning too. */
function unitPath(name: string): string {
  const label = name.replace(/[^A-Za-z0-9]|^[0-9]/g, (byte) => `_${byte.charCodeAt(0).toString(16)}`);
  return UNIT_PATH + label;
}

/** Of one host at one moment; the answers are made from its units. */
export class ServiceManager {
  readonly units: readonly HostUnit[];
  readonly #synchronised: boolean;

  constructor(picture: Picture) {
    this.units = unitsOf(picture);
    this.#synchronised = picture.clockSynchronised;
  }

  answer(call: BusCall): Answer {
    if (call.interface === BUS) return this.#bus(call.member);
    if (call.interface === MANAGER) return this.#manager(call);
    if (call.interface === PROPERTIES && call.member === "Get") return this.#property(call);
    return { errorName: "org.freedesktop.DBus.Error.UnknownMethod" };
  }

  #bus(member: string): Answer {
    if (member === "Hello") return { signature: "s", bytes: new BodyWriter().text(":1.7").done() };
    return member === "AddMatch" ? NOTHING : { errorName: "org.freedesktop.DBus.Error.UnknownMethod" };
  }

  #manager({ member, body }: BusCall): Answer {
    if (member === "Subscribe") return NOTHING;
    if (member !== "ListUnitsByPatterns") return { errorName: "org.freedesktop.DBus.Error.UnknownMethod" };
    const reader = new BodyReader(body);
    const states = reader.texts();
    const patterns = reader.texts().map(glob);
    const wanted = ({ name, active, sub }: HostUnit) =>
      (patterns.length === 0 || patterns.some((one) => one.test(name))) &&
      (states.length === 0 || states.includes(active) || states.includes(sub));
    return { signature: "a(ssssssouso)", bytes: listed(this.units.filter(wanted)) };
  }

  #property({ path, body }: BusCall): Answer {
    const reader = new BodyReader(body);
    const [of, name] = [reader.text(), reader.text()];
    if (path === MANAGER_PATH && name === "SystemState") return text(this.#systemState());
    if (of === "org.freedesktop.timedate1" && name === "NTPSynchronized")
      return {
        signature: "v",
        bytes: new BodyWriter()
          .variantOf("b")
          .uint32(this.#synchronised ? 1 : 0)
          .done(),
      };
    const unit = this.units.find((one) => one.path === path);
    const value = unit === undefined ? null : unitProperty(unit, name);
    return value ?? { errorName: "org.freedesktop.DBus.Error.UnknownProperty" };
  }

  #systemState(): string {
    return this.units.some(({ active }) => active === "failed") ? "degraded" : "running";
  }
}

/** glob(7) with stars only, which is what is asked. */
function glob(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
}

function listed(units: readonly HostUnit[]): Buffer {
  const writer = new BodyWriter();
  writer.structs(units, ({ name, active, sub, path }) => {
    writer.text(name).text(name).text("loaded").text(active).text(sub).text("").text(path);
    writer.uint32(0).text("").text("/");
  });
  return writer.done();
}

function unitProperty(unit: HostUnit, name: string): Body | null {
  switch (name) {
    case "UnitFileState":
      return text(unit.enabled);
    case "Result":
      return text(unit.result);
    case "StateChangeTimestamp":
      // Microseconds since the epoch.
      return {
        signature: "v",
        bytes: new BodyWriter()
          .variantOf("t")
          .uint64(BigInt(unit.sinceMs) * 1000n)
          .done(),
      };
    case "NRestarts":
      return number("u", unit.restarts);
    case "ExecMainStatus":
      return number("i", unit.mainStatus);
    default:
      return null;
  }
}

function text(value: string): Body {
  return { signature: "v", bytes: new BodyWriter().variantOf("s").text(value).done() };
}

function number(type: "u" | "i", value: number): Body {
  return { signature: "v", bytes: new BodyWriter().variantOf(type).uint32(value).done() };
}
