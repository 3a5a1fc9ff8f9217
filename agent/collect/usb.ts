import type { System } from "#agent/system.ts";
import { MOST_USB } from "#core/report/device-kinds.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { attribute, deviceEpoch, deviceMoment, driverOf, listDevices } from "./hardware.ts";
import type { Probe, Source } from "./probe.ts";

type Usb = FactValue<"usb">[number];
type Plugged = Omit<Usb, "drivers">;

const BUS = "/sys/bus/usb";
/** Devices are named by the way through the hubs (`1-4.2`), their interfaces by that and two numbers more (`1-4.2:1.0`). */
const DEVICE = /^[0-9]+-[0-9]+(\.[0-9]+)*$/;
const INTERFACE = /^([0-9]+-[0-9]+(?:\.[0-9]+)*):[0-9]+\.[0-9]+$/;

/** SEE-4: what is plugged in, what it said of itself when it was, and who drives its interfaces. No device is asked again (SEE-16). */
export const usbProbe: Probe<"usb"> = {
  owner: "none",
  while: "always",
  read: (source) =>
    source.memo("usb", deviceMoment(source), () =>
      listDevices(source.system, BUS, (names) => readUsb(source, names)),
    ),
};

async function readUsb(source: Source, names: readonly string[]): Promise<Usb[]> {
  const { system, memo, note } = source;
  const ports = names.filter((name) => DEVICE.test(name));
  if (ports.length > MOST_USB) note(BUS, `${ports.length} devices, ${MOST_USB} reported`);
  const plugged = await memo("usb devices", `${deviceEpoch(source)} ${names.join(" ")}`, () =>
    readPlugged(system, ports.slice(0, MOST_USB)),
  );
  const found: Usb[] = [];
  for (const one of plugged) {
    const drivers = new Set<string>();
    for (const name of names) {
      if (INTERFACE.exec(name)?.[1] !== one.port) continue;
      const driver = await driverOf(system, `${BUS}/devices/${name}`);
      if (driver !== null) drivers.add(driver);
    }
    found.push({ ...one, drivers: [...drivers].sort().slice(0, 16) });
  }
  return found;
}

async function readPlugged(system: System, ports: readonly string[]): Promise<Plugged[]> {
  const found: Plugged[] = [];
  for (const port of ports) {
    const of = (name: string) => attribute(system, `${BUS}/devices/${port}/${name}`);
    const vendor = await of("idVendor");
    const product = await of("idProduct");
    // Without both it was pulled out while it was read.
    if (!isId(vendor) || !isId(product)) continue;
    found.push({
      port: port.slice(0, 64),
      vendor,
      product,
      manufacturer: cut(await of("manufacturer")),
      productName: cut(await of("product")),
      serial: cut(await of("serial")),
    });
  }
  return found;
}

function isId(text: string | null): text is string {
  return text !== null && /^[0-9a-f]{4}$/.test(text);
}

function cut(text: string | null): string | null {
  return text === null || text === "" ? null : text.slice(0, 128);
}
