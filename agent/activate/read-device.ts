import type { Host } from "#agent/activate/host.ts";
import { readProvided } from "#agent/collect/provided.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import { type Device, partsOf } from "#core/release/fit.ts";

/**
 * The scanner as it is built. Model and revision are its configuration's; versions of firmware and calibration are what the owners of the
 * devices publish in `facts.d` under `firmware.<part>` and `calibration.<name>`, and only what they call good counts. They keep a release
 * from a device it was not made for; against an attack they prove nothing, because that folder is not root's alone.
 */
export async function readDevice(
  { system, folders, settings, log }: Pick<Host, "system" | "folders" | "settings" | "log">,
  scannerId: ScannerId,
): Promise<Device> {
  const provided = await readProvided(
    { system, note: (source, reason) => log(`${source}: ${reason}`) },
    folders.run,
  );
  return {
    scannerId,
    model: settings.model ?? "",
    hardwareRevision: settings.hardwareRevision,
    ...partsOf(provided.state === "observed" ? provided.value : []),
  };
}
