import type { ScannerId } from "#core/identity/identity.ts";
import type { Audience, Compatibility, Release, ReleaseSystem } from "#core/release/release.ts";
import type { RefusalReason, TrustRefusal } from "#core/trust/attack.ts";
import type { Matched } from "#core/trust/match.ts";

/** The scanner as it is built: what a system has to be made for, and what it has to work with. */
export type Device = {
  scannerId: ScannerId;
  model: string;
  hardwareRevision: string | null;
  /** Version by name, as this scanner reads them; what could not be read is not in it. */
  firmware: Readonly<Record<string, string>>;
  calibration: Readonly<Record<string, string>>;
};

function refuse(refused: RefusalReason, detail: string): TrustRefusal {
  return { refused, where: "release", detail };
}

/**
 * The system that an instruction names, out of the release file that it points at. The file must say of itself what its target says
 * of it: two signed statements that differ are one statement too many.
 */
export function systemOf(
  release: Release,
  { instruction, custom }: Pick<Matched, "instruction" | "custom">,
): ReleaseSystem | TrustRefusal {
  const { name, counter, floor } = release;
  if (name !== instruction.release) return refuse("releases-disagree", `the file calls itself ${name}`);
  if (counter !== custom.counter || floor !== custom.floor)
    return refuse("releases-disagree", "counter or floor differ between the file and its target");
  const system = release.systems.find((one) => one.name === instruction.system);
  if (system === undefined) return refuse("wrong-system", `${name} holds no system ${instruction.system}`);
  if (system.toplevel !== instruction.toplevel)
    return refuse("wrong-system", `${instruction.system} of ${name} is ${system.toplevel}`);
  return system;
}

/** Whether this scanner may run it: audience first, because a scanner of another model has no firmware to compare. */
export function refuseSystem(system: ReleaseSystem, device: Device): TrustRefusal | null {
  if (!system.for.some((audience) => isMeant(audience, device)))
    return refuse("wrong-model", `not for ${device.model}, revision ${device.hardwareRevision ?? "unknown"}`);
  return refuseParts(system.compatibility, device);
}

function isMeant(audience: Audience, device: Device): boolean {
  if ("scannerId" in audience) return audience.scannerId === device.scannerId;
  if (audience.model !== device.model) return false;
  const { hardwareRevisions } = audience;
  if (hardwareRevisions === null) return true;
  return device.hardwareRevision !== null && hardwareRevisions.includes(device.hardwareRevision);
}

/** A part that does not fit, whatever kind it is. `found` null: nobody said a version that counts. */
type Misfit = {
  kind: "firmware" | "calibration";
  part: string;
  found: string | null;
  wanted: readonly string[];
};

/**
 * Firmware and calibration against what the signed release works with, both together (EXP-7). One decision for the scanner, which refuses
 * by it, and for whoever asks it beforehand. A version that could not be read fits nothing.
 */
export function misfitsOf(
  { firmware, calibration }: Compatibility,
  device: Pick<Device, "firmware" | "calibration">,
): Misfit[] {
  const parts = [
    ...firmware.map((one) => ({ ...one, kind: "firmware" as const })),
    ...calibration.map(({ name, versions }) => ({ part: name, versions, kind: "calibration" as const })),
  ];
  return parts.flatMap(({ kind, part, versions }) => {
    const found = ownValue(device[kind], part) ?? null;
    return found !== null && versions.includes(found) ? [] : [{ kind, part, found, wanted: versions }];
  });
}

type Published = { id: string; quality: string; value: string | number | boolean | null };

/** Versions as the owners of the devices publish them: `firmware.<part>` and `calibration.<name>`. Only what they call good counts. */
export function partsOf(published: readonly Published[]): Pick<Device, "firmware" | "calibration"> {
  const named = (prefix: string) =>
    Object.fromEntries(
      published
        .filter(({ id, quality, value }) => id.startsWith(prefix) && quality === "good" && value !== null)
        .map(({ id, value }) => [id.slice(prefix.length), String(value)]),
    );
  return { firmware: named("firmware."), calibration: named("calibration.") };
}

function refuseParts(
  compatibility: Compatibility,
  device: Pick<Device, "firmware" | "calibration">,
): TrustRefusal | null {
  const misfits = misfitsOf(compatibility, device);
  const [first] = misfits;
  if (first === undefined) return null;
  const said = misfits.map(
    ({ part, found, wanted }) => `${part} is ${found ?? "unknown"}, wanted ${wanted.join(" or ")}`,
  );
  return refuse(`${first.kind}-does-not-fit`, said.join("; "));
}

function ownValue(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
