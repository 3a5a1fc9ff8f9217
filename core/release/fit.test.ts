import { describe, expect, test } from "vitest";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { type Device, misfitsOf, partsOf, refuseSystem, systemOf } from "#core/release/fit.ts";
import { budgetsSchema, type Release, type ReleaseSystem } from "#core/release/release.ts";
import { type Instruction, instructionSchema } from "#core/trust/instruction.ts";

const scannerId = scannerIdSchema.parse("019a5b1e-0000-7000-8000-0000000000a1");
const device: Device = {
  scannerId,
  model: "Vertex 3",
  hardwareRevision: "B",
  firmware: { gradient: "4.2" },
  calibration: { "b-field": "11" },
};
const system: ReleaseSystem = {
  name: "scanner",
  toplevel: "/nix/store/top",
  closureDigest: "ab".repeat(32),
  paths: [0],
  for: [{ model: "Vertex 3", hardwareRevisions: ["A", "B"] }],
  expected: { schema: "fiducial.expected/1", toplevel: null, closureDigest: null, items: [] },
  health: { budgets: budgetsSchema.parse({}), safety: "required", unitsActive: [], modulesLoaded: [] },
  compatibility: { firmware: [], calibration: [] },
};
const release: Release = {
  schema: "fiducial.release/1",
  name: "2026.1",
  counter: 3,
  floor: 2,
  createdAtMs: 0,
  notes: "",
  paths: [{ path: "/nix/store/top", narHash: "ab".repeat(32), narSize: 1, references: [] }],
  systems: [system],
};
const instruction: Instruction = instructionSchema.parse({
  schema: "fiducial.instruction/1",
  scannerId,
  changeId: "019a5b1e-0000-7000-8000-0000000000c1",
  seq: 1,
  action: "activate",
  release: "2026.1",
  system: "scanner",
  toplevel: "/nix/store/top",
  notBeforeMs: 0,
  notAfterMs: 1,
  slots: [],
  requestedBy: "",
});
const custom = { counter: 3, floor: 2, withdrawn: null };
const at = (change: Partial<Instruction>, one = release) =>
  systemOf(one, { instruction: { ...instruction, ...change }, custom });
const fits = (change: Partial<ReleaseSystem>, on: Partial<Device> = {}) =>
  refuseSystem({ ...system, ...change }, { ...device, ...on })?.refused ?? null;

test("the system that the instruction names", () => {
  expect(at({})).toBe(system);
});

describe("a file that says something else than its target or its instruction [SIG-2]", () => {
  test.each([
    ["name", { ...release, name: "2026.2" }],
    ["counter", { ...release, counter: 4 }],
    ["floor", { ...release, floor: 0 }],
  ])("another %s", (_, changed) => {
    expect(at({}, changed)).toMatchObject({ refused: "releases-disagree" });
  });

  test("a system it does not hold, and a toplevel that is not that system's", () => {
    expect(at({ system: "other" })).toMatchObject({ refused: "wrong-system" });
    expect(at({ toplevel: "/nix/store/evil" })).toMatchObject({ refused: "wrong-system" });
  });
});

describe("for whom it is [E-03]", () => {
  test("a model with the revisions named, with any, or one scanner", () => {
    expect(fits({})).toBeNull();
    expect(
      fits({ for: [{ model: "Vertex 3", hardwareRevisions: null }] }, { hardwareRevision: null }),
    ).toBeNull();
    expect(fits({ for: [{ model: "Other", hardwareRevisions: null }, { scannerId }] })).toBeNull();
  });

  test("not for another model, another or an unknown revision, or another scanner", () => {
    expect(fits({}, { model: "Vertex 4" })).toBe("wrong-model");
    expect(fits({}, { hardwareRevision: "C" })).toBe("wrong-model");
    expect(fits({}, { hardwareRevision: null })).toBe("wrong-model");
    const other = scannerIdSchema.parse("019a5b1e-0000-7000-8000-0000000000a2");
    expect(fits({ for: [{ scannerId: other }] })).toBe("wrong-model");
  });
});

describe("firmware and calibration", () => {
  const needs = (part: string, versions: string[]) => ({
    compatibility: { firmware: [{ part, versions }], calibration: [] },
  });
  const calibrated = (name: string, versions: string[]) => ({
    compatibility: { firmware: [], calibration: [{ name, versions }] },
  });

  test("one of the versions named", () => {
    expect(fits(needs("gradient", ["4.1", "4.2"]))).toBeNull();
    expect(fits(calibrated("b-field", ["11"]))).toBeNull();
  });

  test("all that does not fit is named at once: the part, what it has, what is needed [EXP-7]", () => {
    const compatibility = {
      firmware: [
        { part: "gradient", versions: ["5.0", "5.1"] },
        { part: "amplifier", versions: ["1"] },
      ],
      calibration: [{ name: "b-field", versions: ["12"] }],
    };
    const device = { firmware: { gradient: "4.1" }, calibration: { "b-field": "11" } };
    expect(misfitsOf(compatibility, device)).toEqual([
      { kind: "firmware", part: "gradient", found: "4.1", wanted: ["5.0", "5.1"] },
      { kind: "firmware", part: "amplifier", found: null, wanted: ["1"] },
      { kind: "calibration", part: "b-field", found: "11", wanted: ["12"] },
    ]);
  });

  test("a version counts when its owner calls it good; stale, bad or missing is unknown and fits nothing [EXP-7, SEE-14]", () => {
    const said = (quality: string, value: string | number | null = 7) => [
      { id: "firmware.fpga", quality, value },
    ];
    expect(partsOf(said("good"))).toEqual({ firmware: { fpga: "7" }, calibration: {} });
    for (const unknown of [said("bad"), said("stale"), said("good", null), []])
      expect(partsOf(unknown).firmware).toEqual({});
    expect(partsOf([{ id: "calibration.field", quality: "good", value: "b" }]).calibration).toEqual({
      field: "b",
    });
  });

  test("another version, and one that could not be read: what is not known fits nothing", () => {
    expect(fits(needs("gradient", ["5.0"]))).toBe("firmware-does-not-fit");
    expect(fits(needs("amplifier", ["1"]))).toBe("firmware-does-not-fit");
    expect(fits(needs("toString", ["1"]))).toBe("firmware-does-not-fit");
    expect(fits(calibrated("b-field", ["12"]))).toBe("calibration-does-not-fit");
    expect(fits(calibrated("gradient", ["1"]))).toBe("calibration-does-not-fit");
  });
});
