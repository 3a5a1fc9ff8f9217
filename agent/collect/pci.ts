import type { System } from "#agent/system.ts";
import { MOST_PCI } from "#core/report/device-kinds.ts";
import type { FactValue } from "#core/report/kinds.ts";
import { attribute, deviceEpoch, deviceMoment, driverOf, listDevices } from "./hardware.ts";
import type { Probe, Source } from "./probe.ts";

type Pci = FactValue<"pci">[number];
type Card = Omit<Pci, "driver">;

const BUS = "/sys/bus/pci";

/**
 * SEE-4: every function on the PCI bus and the driver bound to it. The kernel answers from its own memory: neither the card nor its
 * configuration space is touched, so a scan does not notice (SEE-17).
 */
export const pciProbe: Probe<"pci"> = {
  owner: "none",
  while: "always",
  read: (source) =>
    source.memo("pci", deviceMoment(source), () =>
      listDevices(source.system, BUS, (names) => readPci(source, names)),
    ),
};

async function readPci(source: Source, names: readonly string[]): Promise<Pci[]> {
  const { system, memo, note } = source;
  if (names.length > MOST_PCI) note(BUS, `${names.length} devices, ${MOST_PCI} reported`);
  const cards = await memo("pci cards", `${deviceEpoch(source)} ${names.join(" ")}`, () =>
    readCards(system, names.slice(0, MOST_PCI)),
  );
  const found: Pci[] = [];
  for (const card of cards)
    found.push({ ...card, driver: await driverOf(system, `${BUS}/devices/${card.address}`) });
  return found;
}

async function readCards(system: System, names: readonly string[]): Promise<Card[]> {
  const found: Card[] = [];
  for (const address of names) {
    const card = await readCard(system, address);
    if (card !== null) found.push(card);
  }
  return found;
}

/** Null: pulled out while it was read. */
async function readCard(system: System, address: string): Promise<Card | null> {
  const of = (name: string) => attribute(system, `${BUS}/devices/${address}/${name}`);
  const vendor = hex(await of("vendor"), 4);
  const device = hex(await of("device"), 4);
  const kind = hex(await of("class"), 6);
  if (vendor === null || device === null || kind === null) return null;
  const maker = hex(await of("subsystem_vendor"), 4);
  const board = hex(await of("subsystem_device"), 4);
  // A bridge has no subsystem and says zero.
  const none = maker === null || board === null || maker === "0000";
  const subsystem = none ? null : `${maker}:${board}`;
  return { address: address.slice(0, 32), vendor, device, subsystem, class: kind };
}

/** `0x10de` as sysfs writes it. */
function hex(text: string | null, digits: number): string | null {
  const found = text === null ? null : (/^0x([0-9a-f]+)$/.exec(text)?.[1] ?? null);
  return found?.length === digits ? found : null;
}
