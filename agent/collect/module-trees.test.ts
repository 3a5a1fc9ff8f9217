import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { readModuleFile } from "#agent/facts/module-file.ts";
import { indexModules } from "#agent/facts/module-index.ts";
import type { FactsHost } from "#agent/facts/observe.ts";
import type { Quiet } from "#agent/facts/quiet.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { collect, kept, observedOf } from "#tests/fixtures/host-root/host-collector.ts";
import { closureOf, type HostRoot, KERNEL, nixosHostRoot } from "#tests/fixtures/host-root/host-root.ts";
import { buildIdNote, elfModule, type MadeModule } from "#tests/fixtures/kernel-module.ts";

const folders: string[] = [];
afterEach(() => {
  for (const one of folders.splice(0)) rmSync(one, { recursive: true });
});

const storePath = (letter: string, name: string) => `/nix/store/${letter.repeat(32)}-${name}`;
const treeOf = (n: number) => `/nix/store/${String(n).repeat(32)}-kernel-modules/lib/modules/${KERNEL}`;
const SAME = storePath("k", "linux-modules");

function putModule(host: HostRoot, path: string, made: MadeModule): void {
  host.write(path, "");
  writeFileSync(host.root + path, elfModule(made));
}

/** The driver of generation `n` comes from its own package; everything else is the kernel's and shared by all generations. */
function putTrees(host: HostRoot, driver: (n: number) => MadeModule): HostRoot {
  putModule(host, `${SAME}/ext4.ko`, { modinfo: { license: "GPL" } });
  for (const n of [2, 3]) {
    const nvidia = storePath(String(n), "nvidia-x11");
    putModule(host, `${nvidia}/nvidia.ko`, driver(n));
    host.link(`${treeOf(n)}/kernel`, SAME);
    host.link(`${treeOf(n)}/misc`, nvidia);
    host.write(`${treeOf(n)}/modules.dep`, "kernel/ext4.ko:\nmisc/nvidia.ko: kernel/ext4.ko\n");
  }
  host.write("/proc/modules", "nvidia 9000 3 - Live 0x0 (POE)\next4 800 1 - Live 0x0\n");
  return host;
}

/** Generation 2 is booted, 3 runs after a live switch; the kernel is the same, the driver is `driver`. */
function switched(driver: (n: number) => MadeModule): HostRoot {
  const host = putTrees(kept(nixosHostRoot()), driver);
  host.link("/run/current-system", closureOf(3));
  host.remove("/sys/module/ext4");
  return host;
}

function factsHost(host: HostRoot, quiet: () => Promise<Quiet> = async () => ({ busy: false })): FactsHost {
  const stateDir = mkdtempSync(join(tmpdir(), "fiducial-state-"));
  folders.push(stateDir);
  host.folder("/run/fiducial");
  return {
    ...{ system: linuxSystem(host.root), stateDir, runDir: `${host.root}/run/fiducial`, quiet },
    ...{ links: "/run", profiles: "/nix/var/nix/profiles", nixFolder: null },
  };
}
const index = (facts: FactsHost, host: HostRoot) =>
  indexModules(facts, (path) => readModuleFile(host.root + path));
const differs = async (host: HostRoot) => {
  const { differsFromBootedTree, differsFromCurrentTree } = observedOf(await collect(host), "modules");
  return { booted: differsFromBootedTree, current: differsFromCurrentTree };
};
const none = { state: "observed", value: [] };
const nvidia = { state: "observed", value: ["nvidia"] };
const builds = (n: number): MadeModule => ({ buildId: `0${n}`.repeat(20) });
const ofBoot = (host: HostRoot) => {
  host.write("/sys/module/nvidia/notes/.note.gnu.build-id", "");
  writeFileSync(`${host.root}/sys/module/nvidia/notes/.note.gnu.build-id`, buildIdNote("02".repeat(20)));
};

describe("loaded modules against the running closure's tree [SEE-4, F01]", () => {
  test("a driver of another build is named, by its build id; what both trees share is proved by its path", async () => {
    const host = switched(builds);
    ofBoot(host);
    await index(factsHost(host), host);
    expect(await differs(host)).toEqual({ booted: none, current: nvidia });
  });

  test("by its source version where the kernel keeps no build id", async () => {
    const host = switched((n) => ({ modinfo: { srcversion: `SRC${n}` } }));
    host.write("/sys/module/nvidia/srcversion", "SRC2\n");
    await index(factsHost(host), host);
    expect(await differs(host)).toEqual({ booted: none, current: nvidia });
  });

  test("the same build at another path is equal", async () => {
    const host = switched(() => builds(2));
    ofBoot(host);
    await index(factsHost(host), host);
    expect(await differs(host)).toEqual({ booted: none, current: none });
  });

  test("a module that was put in by hand is not the booted tree's, whatever its name", async () => {
    const host = switched(() => builds(7));
    ofBoot(host);
    await index(factsHost(host), host);
    expect(await differs(host)).toEqual({ booted: nvidia, current: nvidia });
  });

  test.each<[string, (host: HostRoot) => Promise<unknown>]>([
    ["before anybody read the files", async () => undefined],
    ["of a kernel that tells nothing of what it loaded", (host) => index(factsHost(host), host)],
    [
      "of files that could not be unpacked",
      (host) => indexModules(factsHost(host), async () => ({ ok: false, why: "no-xz" })),
    ],
  ])("%s is unknown and names the first, never equal [SEE-14]", async (_when, prepare) => {
    const host = switched(builds);
    await prepare(host);
    expect(await differs(host)).toMatchObject({
      booted: none,
      current: { reason: { code: "module-files-not-compared", params: { count: 1, module: "nvidia" } } },
    });
  });

  test("a tree that has no such module differs for certain, though others could not be compared", async () => {
    const host = switched(builds);
    host.write("/proc/modules", "comedi 5 0 - Live 0x0\nnvidia 9000 3 - Live 0x0 (POE)\n");
    expect((await differs(host)).current).toEqual({ state: "observed", value: ["comedi"] });
  });

  test("a path outside the store proves nothing: what lies there can change [SEE-14]", async () => {
    const host = switched(() => builds(2));
    putModule(host, "/lib/modules/nvidia.ko", builds(2));
    for (const n of [2, 3]) {
      host.remove(storePath(String(n), "nvidia-x11"));
      host.link(`${storePath(String(n), "nvidia-x11")}/nvidia.ko`, "/lib/modules/nvidia.ko");
    }
    expect((await differs(host)).current).toMatchObject({ reason: { params: { module: "nvidia" } } });
    const facts = factsHost(host);
    expect(await index(facts, host)).toMatchObject({ read: 2 });
    expect(await index(facts, host)).toMatchObject({ read: 1 });
  });

  test("one and the same tree needs no file to be read", async () => {
    const host = putTrees(kept(nixosHostRoot()), builds);
    expect(await differs(host)).toEqual({ booted: none, current: none });
  });
});

describe("what fiducial-facts reads of module files [SEE-15, SEE-17]", () => {
  test("each file once, whatever tree it is in; what could not be read is read again", async () => {
    const host = switched(builds);
    const facts = factsHost(host);
    expect(await index(facts, host)).toMatchObject({ read: 3, busy: null });
    expect(await index(facts, host)).toMatchObject({ read: 0 });
    host.remove(storePath("3", "nvidia-x11"));
    expect((await index(facts, host)).index.files).toHaveLength(2);
    rmSync(`${facts.stateDir}/modules.json`);
    await indexModules(facts, async () => ({ ok: false, why: "no-xz" }));
    expect(await index(facts, host)).toMatchObject({ read: 2 });
  });

  test("nothing while a scan runs, and what is known stays", async () => {
    const host = switched(builds);
    let quiet: Quiet = { busy: false };
    const facts = factsHost(host, async () => quiet);
    await index(facts, host);
    quiet = { busy: true, why: "scan-running" };
    const again = await index(facts, host);
    expect(again).toMatchObject({ read: 0, busy: null });
    expect(again.index.files).toHaveLength(3);
    rmSync(`${facts.stateDir}/modules.json`);
    expect(await index(facts, host)).toMatchObject({ read: 0, busy: "scan-running", index: { files: [] } });
  });

  test("its file is for the agent to read, and no fact of a device's owner", async () => {
    const host = switched(builds);
    await index(factsHost(host), host);
    expect(existsSync(`${host.root}/run/fiducial/facts.d/modules.json`)).toBe(true);
    expect(readFileSync(`${host.root}/run/fiducial/facts.d/modules.json`, "utf8")).toContain("nvidia.ko");
    const facts = await collect(host);
    expect(observedOf(facts, "provided")).toEqual([]);
    expect(observedOf(facts, "agent").problems.map(({ source }) => source)).not.toContain(
      "/run/fiducial/facts.d/modules.json",
    );
  });
});
