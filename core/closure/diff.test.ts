import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffClosures } from "#core/closure/diff.ts";
import type { Listing } from "#core/closure/listing.ts";
import type { PackageChange } from "#core/closure/package-change.ts";
import { closure, hash, type Made, storePath } from "#tests/fixtures/made-closure.ts";

/** A toplevel that needs exactly the given paths. */
function system(parts: readonly (string | Made)[], boot?: Parameters<typeof closure>[1]): Listing {
  const made = parts.map((one) => (typeof one === "string" ? { name: one } : one));
  return closure([{ name: "nixos-system-1.0", needs: made.map((one) => one.name) }, ...made], boot);
}

const words = (changes: readonly PackageChange[]) =>
  Object.fromEntries(changes.map((one) => [one.name, one.change]));

describe("packages between two closures [EXP-3]", () => {
  test.each<[string, (string | Made)[], (string | Made)[], string | undefined]>([
    ["a new package is added", [], ["p-1"], "added"],
    ["a package that is gone is removed", ["p-1"], [], "removed"],
    ["a newer version is up", ["p-1.9"], ["p-1.10"], "up"],
    ["an older version is down", ["p-2.0"], ["p-2.0pre1"], "down"],
    ["another newest of several is up", ["p-1", "p-2"], ["p-1", "p-3"], "up"],
    ["a second, older version beside is changed", ["p-2"], ["p-1", "p-2"], "changed"],
    ["a version that only compares equal is changed", ["p-1.0"], ["p-1-0"], "changed"],
    ["two spellings of one version are changed", ["p-1.0"], ["p-1-0", "p-1.0"], "changed"],
    ["an output more is changed", ["p-1"], ["p-1", "p-1-man"], "changed"],
    ["the same version from other inputs is rebuilt", ["p-1"], [{ name: "p-1", salt: "x" }], "rebuilt"],
    ["the same path with other content is rebuilt", ["p-1"], [{ name: "p-1", narHash: hash(2) }], "rebuilt"],
    ["an unchanged package is not listed", ["p-1", "p-2-dev"], ["p-1", "p-2-dev"], undefined],
  ])("%s", (_what, from, to, change) => {
    expect(words(diffClosures(system(from), system(to)).packages).p).toBe(change);
  });

  test("versions stand side by side with their outputs, and the size is the difference of all", () => {
    const from = system([
      { name: "p-1", narSize: 10 },
      { name: "p-2", narSize: 20 },
    ]);
    const to = system([
      { name: "p-2", narSize: 20 },
      { name: "p-10-dev", narSize: 1 },
      { name: "p-10", narSize: 5 },
    ]);
    const diff = diffClosures(from, to);
    expect(diff.packages).toEqual([
      {
        name: "p",
        change: "up",
        from: [
          { version: "1", outputs: ["out"], narSize: 10 },
          { version: "2", outputs: ["out"], narSize: 20 },
        ],
        to: [
          { version: "2", outputs: ["out"], narSize: 20 },
          { version: "10", outputs: ["dev", "out"], narSize: 6 },
        ],
        sizeDelta: -4,
        introducedBy: null,
      },
    ]);
    expect(diff.sizeDelta).toBe(-4);
    expect([diff.from.pathCount, diff.to.pathCount]).toEqual([3, 4]);
  });

  test.each([
    ["openssl-3.0.13-bin", "openssl", "3.0.13", "bin"],
    ["tool-2.0-unstable", "tool", "2.0-unstable", "out"],
    ["tool-2.0-unstable-2024-01-01", "tool", "2.0-unstable-2024-01-01", "out"],
    ["odd--man", "odd", "-man", "out"],
    ["gcc-13.2.0-libgcc", "gcc", "13.2.0", "libgcc"],
  ])(
    "%s is output %s of version %s: only known outputs are taken off a version",
    (name, pname, version, output) => {
      expect(diffClosures(system([]), system([name])).packages).toMatchObject([
        { name: pname, to: [{ version, outputs: [output] }] },
      ]);
    },
  );

  test("the same store path with other content is listed whatever else changed [SEE-2]", () => {
    const from = system(["p-1", "q-1"]);
    const to = system(["q-1", { name: "p-1", narHash: hash(2) }]);
    expect(diffClosures(from, to).sameNameOtherContent).toEqual([
      { path: storePath("p-1"), fromNarHash: hash(1), toNarHash: hash(2) },
    ]);
  });
});

describe("who introduced a package [EXP-3]", () => {
  const introducedBy = (from: Listing, to: Listing, name: string) =>
    diffClosures(from, to).packages.find((one) => one.name === name)?.introducedBy;

  test("the nearest package on the shortest way that was there before, and the way itself", () => {
    const from = closure([{ name: "nixos-system-1", needs: ["viewer-1"] }, { name: "viewer-1" }]);
    const to = closure([
      { name: "nixos-system-1", needs: ["viewer-2"] },
      { name: "viewer-2", needs: ["viewer-2-lib"] },
      { name: "viewer-2-lib", needs: ["codec-1-lib"] },
      { name: "codec-1-lib", needs: ["codec-1", "tables-1"] },
      { name: "codec-1" },
      { name: "tables-1" },
    ]);
    expect(introducedBy(from, to, "codec")).toEqual({
      by: "viewer",
      chain: ["nixos-system", "viewer", "codec"],
    });
    expect(introducedBy(from, to, "tables")).toEqual({
      by: "viewer",
      chain: ["nixos-system", "viewer", "codec", "tables"],
    });
  });

  test("the toplevel itself where nothing nearer was there, and null where even its name is new", () => {
    const from = closure([{ name: "nixos-system-1" }]);
    const parts = [{ name: "p-1" }];
    expect(introducedBy(from, closure([{ name: "nixos-system-1", needs: ["p-1"] }, ...parts]), "p")?.by).toBe(
      "nixos-system",
    );
    expect(
      introducedBy(from, closure([{ name: "other-system-1", needs: ["p-1"] }, ...parts]), "p")?.by,
    ).toBeNull();
  });

  test("a shorter way wins over a longer one, and a circle ends", () => {
    const from = closure([
      { name: "nixos-system-1", needs: ["b-1"] },
      { name: "b-1", needs: ["c-1"] },
      { name: "c-1" },
    ]);
    const to = closure([
      { name: "nixos-system-1", needs: ["b-1", "c-1"] },
      { name: "b-1", needs: ["c-1"] },
      { name: "c-1", needs: ["p-1", "c-1"] },
      { name: "p-1", needs: ["c-1"] },
    ]);
    expect(introducedBy(from, to, "p")?.chain).toEqual(["nixos-system", "c", "p"]);
  });

  test("a reference outside the list leads nowhere", () => {
    const to = closure([{ name: "nixos-system-1", needs: ["p-1"] }, { name: "p-1" }]);
    const paths = to.paths.map((one) => ({ ...one, references: [7, ...one.references] }));
    expect(introducedBy(system([]), { ...to, paths }, "p")?.chain).toEqual(["nixos-system", "p"]);
  });

  test("what nothing refers to was introduced by nobody", () => {
    const to = closure([{ name: "nixos-system-1" }, { name: "stray-1" }]);
    expect(introducedBy(closure([{ name: "nixos-system-1" }]), to, "stray")).toBeNull();
    expect(introducedBy(system([]), { ...to, toplevel: storePath("nowhere-1") }, "stray")).toBeNull();
  });
});

describe("units, configuration, modules [EXP-3] [SEE-4] [SEE-12]", () => {
  test("a unit and the scripts that belong to it are one change", () => {
    const from = system([
      "unit-sshd.service",
      "unit-old.timer",
      "unit-script-scan-start",
      "unit-scan.service",
    ]);
    const to = system([
      "unit-sshd.service",
      "unit-new.socket-disabled",
      { name: "unit-script-scan-start", salt: "x" },
      { name: "unit-scan.service", salt: "x" },
    ]);
    const diff = diffClosures(from, to);
    expect(diff.units).toEqual([
      { unit: "new.socket", change: "added" },
      { unit: "old.timer", change: "removed" },
      { unit: "scan.service", change: "changed" },
    ]);
    expect(diff.packages).toEqual([]);
  });

  test("what has no version is configuration", () => {
    const diff = diffClosures(system(["etc", "unit-odd"]), system([{ name: "etc", salt: "x" }]));
    expect(words(diff.configuration)).toEqual({ etc: "rebuilt", "unit-odd": "removed" });
  });

  test("a kernel module's version is its own: another kernel only rebuilds it", () => {
    const boot = (kernel: string) => ({
      kernelParams: [],
      kernel: `${storePath(`linux-${kernel}`)}/bzImage`,
      initrd: null,
      systemd: null,
    });
    const from = system(["linux-6.6.1", "nvidia-x11-550.54-6.6.1", "daq-1.2-6.6.1"], boot("6.6.1"));
    const to = system(["linux-6.6.2", "nvidia-x11-550.54-6.6.2", "daq-1.3-6.6.2"], boot("6.6.2"));
    const diff = diffClosures(from, to);
    expect(diff.modules).toMatchObject([
      { name: "daq", change: "up", from: [{ version: "1.2" }], to: [{ version: "1.3" }] },
      { name: "nvidia-x11", change: "rebuilt", to: [{ version: "550.54" }] },
    ]);
    expect(words(diff.packages)).toEqual({ linux: "up" });
  });
});

describe("boot [EXP-3] [SEE-4]", () => {
  const boot = (kernelParams: string[]) => ({
    kernelParams,
    kernel: storePath("linux-6.6.1"),
    initrd: `${storePath("initrd-linux-6.6.1")}/initrd`,
    systemd: null,
  });

  test("parameters count by how often they are there, not by order", () => {
    const diff = diffClosures(
      system([], boot(["quiet", "isolcpus=1", "console=a", "console=a"])),
      system([], boot(["console=a", "quiet", "nosmt", "isolcpus=2"])),
    );
    expect(diff.boot.parameters).toEqual({
      added: ["nosmt", "isolcpus=2"],
      removed: ["isolcpus=1", "console=a"],
    });
    expect(diff.boot.kernel).toMatchObject({
      change: "same",
      from: storePath("linux-6.6.1"),
      toVersion: "6.6.1",
    });
    expect(diff.boot.initrd).toMatchObject({ change: "same", from: storePath("initrd-linux-6.6.1") });
  });

  test("parameters that one side did not say are unknown, never unchanged [SEE-14]", () => {
    expect(diffClosures(system([], boot([])), system([], null)).boot.parameters).toBeNull();
    expect(diffClosures(system([]), system([], boot([]))).boot.parameters).toBeNull();
  });

  test("without metadata the toplevel's own references tell, and two candidates tell nothing", () => {
    const from = system([
      "linux-6.6.1",
      "initrd-linux-6.6.1",
      "systemd-255.4",
      "linux-firmware-2024",
      "linux-headers-6.6.1",
    ]);
    const to = system(["linux-rt-6.6.2-rt30", "initrd", "systemd-255.4", "systemd-256"]);
    expect(diffClosures(from, to).boot).toMatchObject({
      kernel: { change: "changed", fromVersion: "6.6.1", toVersion: "6.6.2-rt30" },
      initrd: { change: "unknown", to: null, toVersion: null },
      systemd: { change: "unknown", fromVersion: "255.4" },
    });
  });

  test("a kernel outside the store is said as it is, and a toplevel that is not in the list has no parts", () => {
    const outside = { kernelParams: [], kernel: "/boot/vmlinuz", initrd: null, systemd: null };
    expect(diffClosures(system([], outside), system([], outside)).boot.kernel).toEqual({
      from: "/boot/vmlinuz",
      to: "/boot/vmlinuz",
      fromVersion: null,
      toVersion: null,
      change: "same",
    });
    const stray = { ...system(["linux-6.6.1"]), toplevel: storePath("nowhere-1") };
    expect(diffClosures(stray, stray).boot.kernel.change).toBe("unknown");
  });
});

const NAMES = [
  ...["p-1", "p-2", "p-1-dev", "p-1.0pre1", "q-3", "q-3-lib", "etc", "unit-a.service", "unit-script-a-start"],
  ...["linux-6.6.1", "m-1-6.6.1", "linux-6.6.2", "m-1-6.6.2", "systemd-255"],
];
const anyClosure = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...NAMES),
      salt: fc.constantFrom("", "x"),
      narSize: fc.nat(1000),
      narHash: fc.nat(3).map(hash),
    }),
    { selector: (one) => one.name },
  )
  .map((made) => system(made));

const MIRROR: Record<string, string> = { added: "removed", removed: "added", up: "down", down: "up" };
const mirrored = ({ name, change, from, to, sizeDelta }: PackageChange) => ({
  name,
  change: MIRROR[change] ?? change,
  from: to,
  to: from,
  sizeDelta: 0 - sizeDelta,
});
const plain = ({ name, change, from, to, sizeDelta }: PackageChange) => ({
  name,
  change,
  from,
  to,
  sizeDelta,
});

describe("properties", () => {
  test("a closure does not differ from itself", async () => {
    await fc.assert(
      fc.property(anyClosure, (one) => {
        const diff = diffClosures(one, one);
        expect([...diff.packages, ...diff.modules, ...diff.configuration, ...diff.units]).toEqual([]);
        expect([diff.sizeDelta, diff.sameNameOtherContent]).toEqual([0, []]);
      }),
    );
  });

  test("swapping the sides mirrors every word and every size", async () => {
    await fc.assert(
      fc.property(anyClosure, anyClosure, (a, b) => {
        const there = diffClosures(a, b);
        const back = diffClosures(b, a);
        for (const section of ["packages", "modules", "configuration"] as const)
          expect(back[section].map(plain)).toEqual(there[section].map(mirrored));
        expect(back.units).toEqual(
          there.units.map(({ unit, change }) => ({ unit, change: MIRROR[change] ?? change })),
        );
        expect(back.sizeDelta).toBe(0 - there.sizeDelta);
      }),
    );
  });

  test("every added package has a way from the toplevel that ends at it", async () => {
    await fc.assert(
      fc.property(anyClosure, anyClosure, (a, b) => {
        const diff = diffClosures(a, b);
        for (const one of diff.packages) {
          expect(one.introducedBy === null).toBe(one.change !== "added");
          if (one.introducedBy !== null) expect(one.introducedBy.chain.at(-1)).toBe(one.name);
        }
      }),
    );
  });

  test("a closure of 3,000 paths is compared whole", () => {
    const big = (version: number) =>
      closure([
        { name: "nixos-system-1", needs: ["p0-1"] },
        ...Array.from({ length: 3000 }, (_, at) => ({
          name: `p${at}-${at === 2999 ? version : 1}`,
          needs: at === 2999 ? [] : [`p${at + 1}-${at === 2998 ? version : 1}`],
          salt: String(version),
        })),
      ]);
    const diff = diffClosures(big(1), big(2));
    expect(diff.packages).toHaveLength(3000);
    expect(diff.packages.filter((one) => one.change === "up").map((one) => one.name)).toEqual(["p2999"]);
  });
});
