import type { Outcome, Ran } from "#agent/system.ts";
import type { Picture } from "#demo/host/picture.ts";
import { GPU_ADDRESS } from "#demo/model/devices.ts";

/** What the two programs that an agent may start would print on this host. */
export function runProgram(picture: Picture, program: string, args: readonly string[]): Outcome<Ran> {
  if (program === "nvidia-smi") return { ok: true, value: nvidiaSmi(picture, args) };
  if (program === "journalctl") return { ok: true, value: kernelLog(picture) };
  return { ok: false, problem: "not-a-program", detail: `${program}: not found` };
}

/** nvidia-smi(1): one line per card, the fields as asked for. */
function nvidiaSmi({ pci, nvidia, model, state }: Picture, args: readonly string[]): Ran {
  if (nvidia.module !== nvidia.userland) {
    const major = nvidia.userland.split(".").slice(0, 2).join(".");
    const said = `Failed to initialize NVML: Driver/library version mismatch\nNVML library version: ${major}\n`;
    return { status: 18, stdout: said, stderr: "" };
  }
  if (!pci.some(({ address }) => address === GPU_ADDRESS))
    return { status: 6, stdout: "No devices were found\n", stderr: "" };
  const fields: Record<string, string> = {
    "pci.bus_id": `0000${GPU_ADDRESS}`,
    uuid: `GPU-${state.hardware.machineId.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}`,
    driver_version: nvidia.userland,
    "temperature.gpu": "43",
    "memory.total": String(model.gpu.memoryTotalMiB),
    "ecc.errors.uncorrected.volatile.total": model.gpu.ecc ? "0" : "[N/A]",
    name: model.gpu.name,
  };
  const asked = args.find((one) => one.startsWith("--query-gpu="))?.slice("--query-gpu=".length) ?? "";
  const line = asked.split(",").map((name) => fields[name] ?? "[Not Supported]");
  return { status: 0, stdout: `${line.join(", ")}\n`, stderr: "" };
}

/** journalctl(1) ends with 1 when nothing matched. */
function kernelLog({ xids }: Picture): Ran {
  const slot = GPU_ADDRESS.replace(/\.[0-7]$/, "");
  const lines = xids.map((xid) => `NVRM: Xid (PCI:${slot}): ${xid}, GPU has fallen off the bus.\n`);
  return { status: lines.length === 0 ? 1 : 0, stdout: lines.join(""), stderr: "" };
}
