import { describe, expect, test } from "vitest";
import { render } from "#core/message/render.ts";
import { diffReleases } from "#core/release/diff.ts";
import { effectOf } from "#core/release/effect.ts";
import { closure, hash, type Made } from "#tests/fixtures/made-closure.ts";
import { type MadeSystem, release } from "#tests/fixtures/made-release.ts";

function system(version: string, parts: readonly (string | Made)[]) {
  const made = parts.map((one) => (typeof one === "string" ? { name: one } : one));
  return closure([{ name: `nixos-system-x-${version}`, needs: made.map((one) => one.name) }, ...made]);
}

/** The sentence as the command line prints it. */
function sentence(from: MadeSystem | null, to: MadeSystem | null, locale: "en" | "de" = "en"): string {
  const filler = { name: "other", listing: system("0", []) };
  const made = (counter: number, one: MadeSystem | null) =>
    release(counter, one === null ? [filler] : [one, filler]);
  const diff = diffReleases(made(1, from), made(2, to)).systems.find((one) => one.name === "scanner");
  if (diff === undefined) throw new Error("no system");
  return effectOf(diff)
    .map((one) => render({ locale, time: String }, "effect", one))
    .join(", ");
}

const BOOT = ["linux-6.6.30", "initrd-linux-6.6.30", "systemd-255.4"];
const system1 = { listing: system("1", [...BOOT, "a-1"]) };

describe("the effect sentence [SIG-5]", () => {
  test("says units, reboot, driver and size in one breath", () => {
    const from = system("1", [
      "linux-6.6.30",
      "initrd-linux-6.6.30",
      "systemd-255.4",
      "nvidia-x11-570.86-6.6.30",
      "unit-a.service",
      "unit-b.service",
      "unit-c.service",
      "unit-old.service",
    ]);
    const to = system("2", [
      "linux-6.6.52",
      { name: "initrd-linux-6.6.52", narSize: 2_000_000 },
      "systemd-255.4",
      "nvidia-x11-580.12-6.6.52",
      { name: "unit-a.service", salt: "x" },
      { name: "unit-b.service", salt: "x" },
      { name: "unit-c.service", salt: "x" },
      "unit-new.service",
    ]);
    expect(sentence({ listing: from }, { listing: to })).toBe(
      "restarts 3 units, starts 1 new unit, stops 1 unit for good, reboot needed, kernel 6.6.30 → 6.6.52, another initrd, " +
        "1 kernel module changes, GPU driver 570.86 → 580.12, 2 packages change, 2 MB to fetch",
    );
    expect(sentence({ listing: from }, { listing: to }, "de")).toContain("Neustart nötig");
  });

  test.each<[string, (string | Made)[], string, string | null]>([
    ["the same boot", [...BOOT, "a-2"], "no reboot", "reboot needed"],
    [
      "a rebuilt kernel",
      [{ name: "linux-6.6.30", salt: "x" }, ...BOOT.slice(1)],
      "reboot needed, kernel of the same version rebuilt",
      null,
    ],
    ["another systemd", [...BOOT.slice(0, 2), "systemd-256.1"], "reboot needed, systemd 255.4 → 256.1", null],
    [
      "a rebuilt systemd",
      [...BOOT.slice(0, 2), { name: "systemd-255.4", salt: "x" }],
      "systemd of the same version rebuilt",
      null,
    ],
    [
      "a closure that does not say what it boots",
      ["a-2"],
      "the closure does not say whether a reboot is needed",
      "no reboot",
    ],
  ])("%s", (_what, parts, said, unsaid) => {
    const text = sentence(system1, { listing: system("2", parts) });
    expect(text).toContain(said);
    if (unsaid !== null) expect(text).not.toContain(unsaid);
  });

  test("kernel parameters count where both sides say them", () => {
    const boot = (kernelParams: string[]) => ({ kernelParams, kernel: null, initrd: null, systemd: null });
    const diff = diffReleases(release(1, [system1]), release(2, [{ listing: system("2", BOOT) }])).systems[0];
    if (diff?.closure === undefined || diff.closure === null) throw new Error("no closure");
    const parameters = { added: boot(["quiet"]).kernelParams, removed: ["isolcpus=1"] };
    const said = effectOf({
      ...diff,
      closure: { ...diff.closure, boot: { ...diff.closure.boot, parameters } },
    });
    expect(said).toContainEqual({ code: "parameters", params: { count: 2 } });
  });

  test.each<[string, string[], string[], string]>([
    ["a new driver", [], ["amdgpu-pro-23.1"], "GPU driver 23.1 is new"],
    ["a driver that is gone", ["amdgpu-pro-23.1"], [], "GPU driver 23.1 is gone"],
  ])("%s", (_what, before, after, said) => {
    const of = (version: string, parts: string[]) => ({ listing: system(version, [...BOOT, ...parts]) });
    expect(sentence(of("1", before), of("2", after))).toContain(said);
  });

  test("a driver of the same version that was rebuilt is named as such", () => {
    const to = { listing: system("2", [...BOOT, { name: "amdgpu-pro-23.1", salt: "x" }]) };
    expect(sentence({ listing: system("1", [...BOOT, "amdgpu-pro-23.1"]) }, to)).toContain(
      "GPU driver 23.1 rebuilt",
    );
  });

  test("other content under the same name is said first [SEE-2]", () => {
    const to = { listing: system("1", [...BOOT, { name: "a-1", narHash: hash(9) }]) };
    expect(sentence(system1, to)).toMatch(
      /^1 path has other content under the same name, no reboot, 1 package changes/,
    );
  });

  test("what is signed beside the closure is said", () => {
    const to = {
      ...system1,
      for: [{ model: "FM-26", hardwareRevisions: null }],
      health: { safety: "none" as const },
    };
    expect(sentence(system1, to)).toBe(
      "no reboot, it is for other scanners than before, its proof of health changes, 0 B to fetch",
    );
  });

  test("first, same and gone", () => {
    expect(sentence(null, system1)).toBe(
      "first release of this system, nothing to compare with, 500 B to fetch",
    );
    expect(sentence(system1, system1)).toBe("nothing changes");
    expect(sentence(system1, null)).toBe("this system is no longer in the release");
  });
});
