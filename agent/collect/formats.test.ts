import { describe, expect, test } from "vitest";
import { matchEntry } from "./boot-default.ts";
import { systemOfEntry } from "./boot-entry.ts";
import { parseTracking } from "./clock.ts";
import { mountsThatMatter, parseMounts } from "./disks.ts";
import { splitParameters } from "./kernel.ts";
import { parseModuleDep, parseModules } from "./module-names.ts";
import { generationNumber, parseOsRelease } from "./nix-profile.ts";

describe("boot loader", () => {
  const names = [
    "nixos-generation-9.conf",
    "nixos-generation-10+2-1.conf",
    "nixos-generation-100.conf",
    "windows.conf",
  ];
  test.each([
    ["nixos-generation-9.conf", "nixos-generation-9.conf"],
    ["nixos-generation-10", "nixos-generation-10+2-1.conf"],
    ["nixos-generation-10.conf", "nixos-generation-10+2-1.conf"],
    ["nixos-*", "nixos-generation-100.conf"],
    ["nixos-generation-1", undefined],
    ["nixos.generation-9", undefined],
  ])("default %s means %s", (wanted, entry) => {
    expect(matchEntry(wanted, names)).toBe(entry);
  });

  test("the closure of an entry is its init, and only if it is a store path", () => {
    const path = `/nix/store/${"a".repeat(32)}-nixos-system-x`;
    expect(systemOfEntry(`title x\noptions quiet init=${path}/init root=fstab\n`)).toBe(path);
    expect(systemOfEntry(`options init=${path}/init\n`)).toBe(path);
    expect(systemOfEntry("options init=/bin/init\n")).toBeNull();
    expect(systemOfEntry(`options noinit=${path}/init\n`)).toBeNull();
    expect(systemOfEntry("")).toBeNull();
  });
});

describe("mounts", () => {
  test("the last mount on a point counts, and blanks are decoded", () => {
    expect(parseMounts("a /x ext4 rw 0 0\nb /x xfs rw 0 0\nc /with\\040blank vfat rw 0 0\n")).toEqual([
      { mount: "/x", fsType: "xfs" },
      { mount: "/with blank", fsType: "vfat" },
    ]);
  });

  test("store and state are reported apart only when they are apart; an automount is not woken", () => {
    const of = (...mounts: [string, string][]) =>
      mountsThatMatter(mounts.map(([mount, fsType]) => ({ mount, fsType }))).map(
        (one) => `${one.mount} ${one.purpose}`,
      );
    expect(of(["/", "ext4"])).toEqual(["/ root"]);
    expect(
      of(["/", "tmpfs"], ["/nix", "ext4"], ["/variety", "ext4"], ["/var", "ext4"], ["/boot", "vfat"]),
    ).toEqual(["/ root", "/nix store", "/var state", "/boot esp"]);
    expect(of(["/", "ext4"], ["/boot", "autofs"])).toEqual(["/ root"]);
  });
});

describe("kernel texts", () => {
  test("modules with and without taint", () => {
    expect(parseModules("a 1 0 - Live 0x0 (OE)\nb 2 1 a, Live 0x0\n\n")).toEqual([
      { name: "a", size: "1", taint: "OE" },
      { name: "b", size: "2", taint: "" },
    ]);
  });

  test("names in modules.dep, compressed or not, as the kernel writes them", () => {
    expect(
      parseModuleDep("kernel/a/snd-hda-intel.ko.xz: kernel/b.ko.xz\nb.ko:\n/lib/extra/c.ko.zst:\n"),
    ).toEqual([
      { name: "snd_hda_intel", path: "kernel/a/snd-hda-intel.ko.xz" },
      { name: "b", path: "b.ko" },
      { name: "c", path: "/lib/extra/c.ko.zst" },
    ]);
  });

  test.each([
    [
      "a clock that is slow",
      "C0A80001,192.168.0.1,3,1764921600.123456789,0.000123456,-0.000004567,0.000012345,-12.3,0.001,0.05,0.0012,0.0004,64.2,Normal\n",
      -0.123,
    ],
    ["a clock that is fast", "A,b,1,2,-0.004,0,0,0,0,0,0,0,64,Normal", 4],
    ["no source", "00000000,,0,0.0,0.000000000,0,0,0,0,0,1,1,0,Not synchronised", null],
    ["another answer", "506 Cannot talk to daemon", null],
    ["no number", "A,b,1,2,,0,0,0,0,0,0,0,64,Normal", null],
  ])("chrony's tracking of %s, as chronyc(1) describes it", (_what, csv, offsetMs) => {
    expect(parseTracking(csv)).toBe(offsetMs);
  });

  test("parameters keep their quotes together", () => {
    expect(splitParameters('a=1  b="x y" "c d"=2\n')).toEqual(["a=1", 'b="x y"', '"c d"=2']);
  });
});

test("os-release with and without quotes; comments and code are not values", () => {
  const found = parseOsRelease('# ID=fake\nID=nixos\nNAME=\'Nix OS\'\nPRETTY_NAME="a \\"b\\""\nexport X=1\n');
  expect(Object.fromEntries(found)).toEqual({ ID: "nixos", NAME: "Nix OS", PRETTY_NAME: 'a "b"' });
});

test.each([
  ["system-12-link", 12],
  ["system-0-link", null],
  ["system-012-link", null],
  ["system-link", null],
  ["xsystem-1-link", null],
])("%s is generation %s", (name, number) => {
  expect(generationNumber(name)).toBe(number);
});
