import type { System } from "#agent/system.ts";
import { type Fact, observed } from "#core/report/fact.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Probe } from "./probe.ts";
import { reasonOf } from "./reason.ts";

const EFI = "/sys/firmware/efi";
/** UEFI Specification §3.3, global variable; efivarfs puts four bytes of attributes before the value (L39). */
const SECURE_BOOT = `${EFI}/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c`;

/**
 * SEE-12: how the machine was started and by which firmware. Reading a variable calls into the firmware, which may hold up every
 * core for a moment: once for each start of the agent, and never while scanning (SEE-17).
 */
export const firmwareProbe: Probe<"firmware"> = {
  owner: "none",
  while: "idle",
  read: ({ system, memo }) => memo("firmware", "", () => readFirmware(system)),
};

async function readFirmware(system: System): Promise<Fact<FactValue<"firmware">>> {
  const root = await system.list("/sys/firmware");
  if (!root.ok) return reasonOf(root, "/sys/firmware");
  const efi = root.value.includes("efi");
  return observed({
    mode: efi ? "efi" : await withoutEfi(system),
    secureBoot: efi ? await secureBoot(system) : null,
    vendor: await dmi(system, "bios_vendor", 128),
    version: await dmi(system, "bios_version", 128),
    date: await dmi(system, "bios_date", 32),
  });
}

/** Boards that are described by a device tree have neither EFI nor a BIOS. */
async function withoutEfi(system: System): Promise<"bios" | "other"> {
  return (await system.info("/sys/class/dmi/id")).ok ? "bios" : "other";
}

async function secureBoot(system: System): Promise<boolean | null> {
  const text = await system.readText(SECURE_BOOT, 64);
  const value = text.ok ? text.value.charCodeAt(4) : Number.NaN;
  return value === 0 || value === 1 ? value === 1 : null;
}

async function dmi(system: System, name: string, max: number): Promise<string | null> {
  const text = await system.readText(`/sys/class/dmi/id/${name}`, 4096);
  const line = text.ok ? text.value.trim() : "";
  return line === "" ? null : line.slice(0, max);
}
