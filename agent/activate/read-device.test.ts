import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FOLDERS } from "#agent/activate/folders.ts";
import { readDevice } from "#agent/activate/read-device.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { changeSettingsSchema } from "#core/change/settings.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { SCANNER_ID } from "#tests/support/signed-release.ts";

test("versions of devices are what their owners publish and call good; what nobody says fits nothing [SIG-2]", async () => {
  const run = mkdtempSync(join(tmpdir(), "fiducial-device-"));
  const fact = (id: string, value: string | null, quality = "good") => ({ id, value, unit: null, quality });
  mkdirSync(join(run, "facts.d"));
  writeFileSync(
    join(run, "facts.d/motor.json"),
    JSON.stringify({
      schema: "fiducial.facts/1",
      owner: "motor",
      bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
      uptimeMs: 0,
      facts: [
        fact("firmware.motor", "3.2"),
        fact("firmware.daq", "1.0", "bad"),
        fact("firmware.gone", null),
        fact("calibration.receive", "2026-08"),
        fact("temperature", "22"),
      ],
    }),
  );
  const settings = changeSettingsSchema.parse({ schema: "fiducial.changes/1", model: "FM-25" });
  const logged: string[] = [];
  const host = {
    system: linuxSystem(),
    folders: { ...FOLDERS, run },
    settings,
    log: (text: string) => logged.push(text),
  };
  const id = scannerIdSchema.parse(SCANNER_ID);
  expect(await readDevice(host, id)).toEqual({
    scannerId: SCANNER_ID,
    model: "FM-25",
    hardwareRevision: null,
    firmware: { motor: "3.2" },
    calibration: { receive: "2026-08" },
  });
  rmSync(run, { recursive: true });
  expect(await readDevice(host, id)).toMatchObject({ firmware: {}, calibration: {} });
});
