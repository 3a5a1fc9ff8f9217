import type { System } from "#agent/system.ts";
import { observed } from "#core/report/fact.ts";
import type { Probe } from "./probe.ts";
import { notKnown, reasonOf } from "./reason.ts";

const CONTROLLERS = "/sys/devices/system/edac/mc";

/** SEE-12: main memory, and what its controllers counted (EDAC); a machine without error correction counts nothing. */
export const memoryProbe: Probe<"memory"> = {
  owner: "none",
  while: "always",
  read: async ({ system }) => {
    const text = await system.readText("/proc/meminfo", 64 * 1024);
    if (!text.ok) return reasonOf(text, "/proc/meminfo");
    const bytes = (name: string) => {
      const kib = new RegExp(`^${name}:\\s+([0-9]+) kB$`, "m").exec(text.value)?.[1];
      return kib === undefined ? null : Number(kib) * 1024;
    };
    const totalBytes = bytes("MemTotal");
    const availableBytes = bytes("MemAvailable");
    if (totalBytes === null || availableBytes === null)
      return notKnown("malformed", { path: "/proc/meminfo", detail: "no MemTotal or MemAvailable" });
    return observed({
      totalBytes,
      availableBytes,
      swapTotalBytes: bytes("SwapTotal") ?? 0,
      swapFreeBytes: bytes("SwapFree") ?? 0,
      correctedErrors: await errors(system, "ce_count"),
      uncorrectedErrors: await errors(system, "ue_count"),
    });
  },
};

/** Sum over all memory controllers; null: there is none, or one of them does not say. */
async function errors(system: System, name: string): Promise<number | null> {
  const listed = await system.list(CONTROLLERS);
  const controllers = listed.ok ? listed.value.filter((one) => /^mc[0-9]+$/.test(one)) : [];
  if (controllers.length === 0) return null;
  let sum = 0;
  for (const controller of controllers) {
    const text = await system.readText(`${CONTROLLERS}/${controller}/${name}`, 64);
    const counted = text.ok ? Number.parseInt(text.value, 10) : Number.NaN;
    if (!Number.isSafeInteger(counted) || counted < 0) return null;
    sum += counted;
  }
  return sum;
}
