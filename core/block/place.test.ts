import { describe, expect, test } from "vitest";
import type { Item } from "#core/manifest/item.ts";
import { PROBE_KINDS } from "#core/manifest/kinds.ts";
import { EXAMPLE_ITEM } from "./example-rows.ts";
import { BLOCK_OF_KIND, blockOf, blockOfProvided } from "./place.ts";

describe("an item stands in a block [TRI-7]", () => {
  test("every probe kind has a place", () => {
    expect(Object.keys(PROBE_KINDS).filter((kind) => !Object.hasOwn(BLOCK_OF_KIND, kind))).toEqual([]);
  });

  test.each<[Partial<Item>, string]>([
    [{ block: "cooling", kind: "kernel-release" }, "cooling"],
    [{ kind: "module", args: { name: "comedi" } }, "drivers"],
    [{ kind: "unit", args: { name: "mpi-measurements.service" } }, "services"],
    [{ kind: "unit", args: { name: "gcaps.service" } }, "services"],
    [{ kind: "unit", args: { name: "safetyd.service" } }, "safety"],
    [{ kind: "unit", args: { name: "guardian.service" }, class: "safety" }, "safety"],
    [{ kind: "unit", args: { name: "mpi-gui.service" } }, "ui"],
    [{ kind: "unit", args: { name: "systemd-modules-load.service" } }, "drivers"],
    [{ kind: "unit", args: {} }, "services"],
    [{ kind: "safety-chain", args: { element: "door" } }, "safety"],
    [{ kind: "provided", args: { owner: "su", id: "ident" } }, "surveillance"],
    [{ kind: "provided", args: { owner: "chiller", id: "supply" } }, "cooling"],
    [{ kind: "provided", args: { owner: "camp", id: "fire" }, id: "camp.fire" }, "auxiliary"],
    [{ kind: "provided", args: { owner: "box", id: "value" }, id: "motion.home" }, "motion"],
    [{ kind: "provided", args: {}, owner: "chiller.service", id: "x" }, "cooling"],
    [{ kind: "provided", args: {}, id: "x" }, "auxiliary"],
    [{ kind: "pci-device", args: { vendor: "1093", device: "717d" } }, "daq"],
    [{ kind: "pci-device", args: { vendor: "10de", device: "2531" } }, "drivers"],
    [{ kind: "pci-device", args: { vendor: "8086", device: "1533" } }, "drivers"],
    [{ kind: "pci-device", args: { vendor: "constructor", device: "1533" } }, "drivers"],
    [{ kind: "usb-device", args: { vendor: "2341", product: "0042" } }, "surveillance"],
    [{ kind: "usb-device", args: { vendor: "046d", product: "c077" } }, "auxiliary"],
    [{ kind: "device-node", args: { path: "/dev/comedi0" } }, "daq"],
    [{ kind: "device-node", args: { path: "/dev/ttyUSB0" }, id: "galil.port" }, "motion"],
    [{ kind: "device-node", args: { path: "/dev/video0" }, id: "camera" }, "auxiliary"],
    [{ kind: "device-node", args: {}, id: "camera" }, "auxiliary"],
    [{ kind: "firmware", args: { field: "version" }, id: "bios.version" }, "drivers"],
    [{ kind: "firmware", args: { field: "version" }, id: "chiller.firmware" }, "cooling"],
    [
      { kind: "firmware", args: { field: "version" }, id: "version", owner: "amplifier.service" },
      "electronics",
    ],
    [{ kind: "newer-kind", id: "robot.referenced" }, "motion"],
    [{ kind: "newer-kind", id: "x", owner: "redpitaya.service" }, "daq"],
    [{ kind: "newer-kind", id: "x" }, "auxiliary"],
    [{ kind: "constructor", id: "x" }, "auxiliary"],
  ])("%j in %s", (item, expected) => expect(blockOf({ ...EXAMPLE_ITEM, ...item })).toBe(expected));

  test.each([
    ["su", "temperature", "surveillance"],
    ["box", "coolant", "cooling"],
    ["camp", "fire", "auxiliary"],
  ])("what %s publishes as %s and nobody asks for, in %s", (owner, id, expected) =>
    expect(blockOfProvided(owner, id)).toBe(expected),
  );
});
