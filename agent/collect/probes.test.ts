import { describe, expect, test } from "vitest";
import { linuxSystem } from "#agent/linux-system.ts";
import { collect, kept, observedOf } from "#tests/fixtures/host-root/host-collector.ts";
import {
  BOOT_ID,
  closureOf,
  emptyHostRoot,
  KERNEL,
  nixosHostRoot,
} from "#tests/fixtures/host-root/host-root.ts";

describe("closures [SEE-1]", () => {
  test("running, booted, profile and next boot are told apart, with generation and time", async () => {
    const value = observedOf(await collect(kept(nixosHostRoot())), "closures");
    const at = (n: number) => ({
      state: "observed",
      value: { path: closureOf(n), generation: n, sinceMs: expect.any(Number) },
    });
    expect(value.running).toEqual(at(2));
    expect(value.booted).toEqual(at(2));
    expect(value.profile).toEqual(at(3));
    expect(value.nextBoot).toMatchObject({ value: { path: closureOf(3), generation: 3 } });
  });

  test("a closure that was collected under the running system is unknown, not running", async () => {
    const host = kept(nixosHostRoot());
    host.remove(closureOf(2));
    const value = observedOf(await collect(host), "closures");
    expect(value.running).toMatchObject({
      reason: { code: "dangling-link", params: { target: closureOf(2) } },
    });
  });

  test("a link to something that is no store path is named and not believed", async () => {
    const host = kept(nixosHostRoot());
    host.folder("/home/me/result");
    host.link("/run/current-system", "/home/me/result");
    expect(observedOf(await collect(host), "closures").running).toMatchObject({
      reason: { code: "not-a-store-path" },
    });
  });

  test("a running closure that is no generation has no number", async () => {
    const host = kept(nixosHostRoot());
    host.folder(closureOf(7));
    host.link("/run/current-system", closureOf(7));
    expect(observedOf(await collect(host), "closures").running).toMatchObject({
      value: { path: closureOf(7), generation: null },
    });
  });

  test("generations: newest first, made by hand included, a dangling link listed as not present", async () => {
    const host = kept(nixosHostRoot());
    host.link("/nix/var/nix/profiles/system-41-link", closureOf(1));
    host.link("/nix/var/nix/profiles/system-x-link", closureOf(1));
    host.remove(closureOf(1));
    const { entries, more } = observedOf(await collect(host), "generations");
    expect(entries.map(({ number, present }) => [number, present])).toEqual([
      [41, false],
      [3, true],
      [2, true],
      [1, false],
    ]);
    expect(more).toBe(0);
  });

  test("another operating system says so instead of a missing file", async () => {
    const host = kept(emptyHostRoot());
    host.write("/etc/os-release", 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12"\n');
    const { running, nextBoot } = observedOf(await collect(host), "closures");
    for (const fact of [running, nextBoot])
      expect(fact).toEqual({
        state: "unknown",
        reason: { code: "not-nixos", params: { os: "Debian GNU/Linux 12" } },
      });
  });
});

describe("kernel and modules [SEE-4]", () => {
  test("the kernel, its parameters and both trees", async () => {
    expect(observedOf(await collect(kept(nixosHostRoot())), "kernel")).toMatchObject({
      release: KERNEL,
      tainted: 4096,
      realtime: true,
      parameters: [`init=${closureOf(2)}/init`, "isolcpus=2,3", 'dyndbg="file a +p"'],
      bootedTree: { value: KERNEL },
    });
  });

  test("a loaded module that the tree does not carry is named; version and taint are read", async () => {
    const value = observedOf(await collect(kept(nixosHostRoot())), "modules");
    expect(value.loaded[1]).toEqual({
      ...{ name: "nvidia", version: "580.95", srcversion: null, taint: "POE" },
      parameters: {},
    });
    expect(value.differsFromBootedTree).toEqual({ state: "observed", value: ["nvidia"] });
    expect(value.differsFromCurrentTree).toEqual({ state: "observed", value: ["nvidia"] });
  });

  test("a module's parameters are read, and what is closed or too long is there without a value", async () => {
    const host = kept(nixosHostRoot());
    host.write("/sys/module/nvidia/parameters/NVreg_EnableMSI", "1\n");
    host.write("/sys/module/nvidia/parameters/NVreg_RegistryDwords", `${"x".repeat(65)}\n`);
    host.folder("/sys/module/nvidia/parameters/closed");
    const [ext4, nvidia] = observedOf(await collect(host), "modules").loaded;
    expect(nvidia?.parameters).toEqual({ NVreg_EnableMSI: "1", NVreg_RegistryDwords: null, closed: null });
    expect(ext4?.parameters).toEqual({});
  });

  test("a module with more parameters than a report takes tells none of them, and the others all of theirs", async () => {
    const host = kept(nixosHostRoot());
    for (let at = 0; at < 97; at += 1) host.write(`/sys/module/snd_hda/parameters/p${at}`, "0\n");
    host.write("/sys/module/nvidia/parameters/debug", "N\n");
    const [, nvidia, sound] = observedOf(await collect(host), "modules").loaded;
    expect(nvidia?.parameters).toEqual({ debug: "N" });
    expect(sound).not.toHaveProperty("parameters");
  });

  test("of all modules together no more than a report takes, those that are not the kernel's own first", async () => {
    const host = kept(nixosHostRoot());
    const names = ["a", "b", "c", "d", "e"];
    const lines = names.map((name) => `${name} 5 0 - Live 0x0${name === "e" ? " (O)" : ""}\n`);
    host.write("/proc/modules", lines.join(""));
    for (const name of names)
      for (let at = 0; at < 90; at += 1) host.write(`/sys/module/${name}/parameters/p${at}`, "0\n");
    const { loaded } = observedOf(await collect(host), "modules");
    expect(loaded.filter(({ parameters }) => parameters !== undefined).map(({ name }) => name)).toEqual([
      ...["a", "b", "c", "e"],
    ]);
  });

  test("another tree for the same release is unknown, because names prove nothing about files", async () => {
    const host = kept(nixosHostRoot());
    host.link("/run/current-system", closureOf(3));
    host.write("/proc/modules", "ext4 800 1 - Live 0x0\n");
    expect(observedOf(await collect(host), "modules").differsFromCurrentTree).toMatchObject({
      reason: { code: "module-files-not-compared" },
    });
  });

  test("a tree for another kernel carries none of the loaded modules", async () => {
    const host = kept(nixosHostRoot());
    host.write("/proc/sys/kernel/osrelease", "6.1.1\n");
    expect(observedOf(await collect(host), "modules").differsFromBootedTree).toMatchObject({
      value: ["ext4", "nvidia", "snd_hda"],
    });
  });

  test("a kernel without modules is unknown, not a kernel with none loaded", async () => {
    const host = kept(nixosHostRoot());
    host.remove("/proc/modules");
    expect((await collect(host)).modules).toEqual({
      state: "unknown",
      reason: { code: "kernel-without-modules" },
    });
  });
});

describe("facts.d [SEE-16]", () => {
  const file = (changes: Record<string, unknown> = {}) =>
    JSON.stringify({
      schema: "fiducial.facts/1",
      owner: "daq",
      bootId: BOOT_ID,
      uptimeMs: Math.max(0, linuxSystem().monotonicMs() - 5_000),
      facts: [{ id: "daq.temp", value: 21.5, unit: "°C", quality: "good" }],
      ...changes,
    });

  test("age comes from uptime and boot id; of another boot the quality is unknown", async () => {
    const host = kept(nixosHostRoot());
    host.write("/run/fiducial/facts.d/a.json", file());
    host.write("/run/fiducial/facts.d/b.json", file({ owner: "old", bootId: BOOT_ID.replaceAll("1", "9") }));
    host.write("/run/fiducial/facts.d/c.json", file({ owner: "future", uptimeMs: 9e12 }));
    const [daq, future, old] = [...observedOf(await collect(host), "provided")].sort((a, b) =>
      a.owner < b.owner ? -1 : 1,
    );
    expect(daq).toMatchObject({ id: "daq.temp", value: 21.5, quality: "good" });
    expect(daq?.ageMs).toBeGreaterThanOrEqual(5_000);
    expect(daq?.ageMs).toBeLessThan(60_000);
    expect(old?.quality).toBe("unknown");
    expect(future?.quality).toBe("unknown");
  });

  test("files that are too large, not JSON or of another schema are left out and named", async () => {
    const host = kept(nixosHostRoot());
    host.write("/run/fiducial/facts.d/good.json", file());
    host.write("/run/fiducial/facts.d/large.json", file({ pad: "x".repeat(64 * 1024) }));
    host.write("/run/fiducial/facts.d/text.json", "temperature: 20");
    host.write("/run/fiducial/facts.d/v2.json", file({ schema: "fiducial.facts/2" }));
    host.write("/run/fiducial/facts.d/.tmp.json", "half");
    const facts = await collect(host);
    expect(observedOf(facts, "provided")).toHaveLength(1);
    const named = observedOf(facts, "agent").problems.map(
      (one) => `${one.source.split("/").at(-1)} ${one.reason}`,
    );
    expect(named).toEqual([
      "large.json over 65536 bytes",
      "text.json not JSON",
      "v2.json schema: invalid_value",
    ]);
  });
});
