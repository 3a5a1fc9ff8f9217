import { chmodSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { linuxSystem } from "#agent/linux-system.ts";
import type { System } from "#agent/system.ts";
import { factsDigestText } from "#core/report/digest.ts";
import { EXAMPLE_DEVICES } from "#core/report/example-devices.ts";
import { collect, collectorOf, kept, observedOf, options } from "#tests/fixtures/host-root/host-collector.ts";
import { DAQ, GPU, putPci, putUsb } from "#tests/fixtures/host-root/host-devices.ts";
import { emptyHostRoot, type HostRoot, nixosHostRoot } from "#tests/fixtures/host-root/host-root.ts";
import type { Collector } from "./collect.ts";

function scanner(): HostRoot {
  const host = kept(nixosHostRoot());
  putPci(host, GPU);
  putPci(host, DAQ);
  putUsb(host);
  return host;
}

/** A host whose clock the test moves, and whose watches it fires. */
function movable(host: HostRoot) {
  const system = linuxSystem(host.root);
  let nowMs = 0;
  let reads = 0;
  const watches: { folder: string; changed: (name: string) => void }[] = [];
  const counting: System = {
    ...system,
    monotonicMs: () => nowMs,
    readText: (path, max) => {
      if (path.startsWith("/sys/bus/")) reads += 1;
      return system.readText(path, max);
    },
    readLink: (path) => {
      if (path.startsWith("/sys/bus/")) reads += 1;
      return system.readLink(path);
    },
    watch: (folder, changed) => {
      watches.push({ folder, changed });
      return { ok: true, value: () => undefined };
    },
  };
  return {
    system: counting,
    pass: (ms: number) => {
      nowMs += ms;
    },
    fire: (folder: string, name: string) => {
      for (const one of watches) if (one.folder === folder) one.changed(name);
    },
    reads: () => {
      const before = reads;
      reads = 0;
      return before;
    },
  };
}

/** Watches, past the first answer of the safety listener; `next` is the reason of the next change. */
async function heard(collector: Collector) {
  let tell = (_why: string) => {};
  const next = () =>
    new Promise<string>((resolve) => {
      tell = resolve;
    });
  const first = next();
  const stop = collector.watch((why) => tell(why));
  await first;
  return { next, stop };
}

describe("PCI devices and their drivers [SEE-4]", () => {
  test("each function with its subsystem and the driver bound to it", async () => {
    expect(observedOf(await collect(scanner()), "pci")).toEqual(EXAMPLE_DEVICES.pci.slice(0, 2));
  });

  test("a card that no driver took is there without one [F03]", async () => {
    const host = scanner();
    host.remove("/sys/bus/pci/devices/0000:02:00.0/driver");
    expect(observedOf(await collect(host), "pci")[1]).toMatchObject({ device: "717f", driver: null });
  });

  test("a machine without the bus says so, and one that hides /sys says that instead [SEE-14]", async () => {
    const host = kept(emptyHostRoot());
    host.folder("/sys/bus/virtio/devices");
    const facts = await collect(host);
    for (const kind of ["pci", "usb"] as const)
      expect(facts[kind]).toMatchObject({ state: "unknown", reason: { code: "no-such-bus" } });
    expect((await collect(kept(emptyHostRoot()))).pci).toMatchObject({ reason: { code: "no-such-file" } });
  });

  test("a device that may not be read makes the list unknown, because it would be taken for absent [SEE-14]", async () => {
    const host = scanner();
    const system = linuxSystem(host.root);
    const denied: System = {
      ...system,
      readText: (path, max) =>
        path === "/sys/bus/pci/devices/0000:02:00.0/class"
          ? Promise.resolve({ ok: false, problem: "denied", detail: "" })
          : system.readText(path, max),
    };
    expect((await collectorOf(host, denied).collect()).pci).toMatchObject({
      state: "unknown",
      reason: { code: "denied" },
    });
  });
});

describe("USB devices [SEE-4]", () => {
  test("what is plugged in with the drivers of its interfaces; root hubs are not devices", async () => {
    expect(observedOf(await collect(scanner()), "usb")).toEqual([
      {
        port: "1-4",
        vendor: "2341",
        product: "0042",
        manufacturer: "Arduino (www.arduino.cc)",
        productName: null,
        serial: "7563331313335",
        drivers: ["cdc_acm"],
      },
      {
        port: "1-4.2",
        vendor: "0403",
        product: "6001",
        manufacturer: null,
        productName: null,
        serial: null,
        drivers: [],
      },
    ]);
  });

  test("what a device says of itself is cut to its bound, whatever it says", async () => {
    const host = scanner();
    host.write("/sys/bus/usb/devices/1-4/serial", `${"x".repeat(3000)}\n`);
    expect(observedOf(await collect(host), "usb")[0]?.serial).toHaveLength(128);
  });
});

describe("device nodes [SEE-4, SEE-16]", () => {
  const BY_ID = "/dev/serial/by-id/usb-Arduino_7563331313335-if00";

  test("those that matter by name, a link with what it leads to, and who may open them", async () => {
    const host = scanner();
    host.write("/etc/group", "root:x:0:\n");
    host.write("/dev/ttyACM0", "");
    host.write("/dev/null", "");
    chmodSync(`${host.root}/dev/ttyACM0`, 0o660);
    host.link(BY_ID, "../../ttyACM0");
    const [link, node, ...more] = observedOf(await collect(host), "deviceNodes");
    expect(link).toMatchObject({ path: BY_ID, kind: "link", target: "/dev/ttyACM0", mode: null });
    // A plain file stands in for the node: a test may not make one.
    expect(node).toMatchObject({ path: "/dev/ttyACM0", kind: "other", target: null, mode: "0660" });
    expect(more).toEqual([]);
    if (process.getuid?.() === 0) expect(node?.group).toBe("root");
  });

  test("real nodes are character devices, and none is opened", async () => {
    const info = await linuxSystem().info("/dev/null");
    expect(info).toMatchObject({ ok: true, value: { kind: "char" } });
    expect((await linuxSystem().readText("/dev/null")).ok).toBe(false);
  });

  test("a /dev of the agent's own shows nothing of the machine: unknown, not absent [SEE-14]", async () => {
    const host = scanner();
    host.folder("/dev");
    host.write("/proc/mounts", "/dev/sda2 / ext4 rw 0 0\ntmpfs /dev tmpfs ro,mode=755 0 0\n");
    expect((await collect(host)).deviceNodes).toMatchObject({ reason: { code: "private-devices" } });
    host.write("/run/systemd/container", "systemd-nspawn\n");
    expect(observedOf(await collect(host), "deviceNodes")).toEqual([]);
  });
});

describe("looking again [SEE-15, SEE-17]", () => {
  test("costs nothing while udev is silent, and happens at once when it speaks", async () => {
    const host = scanner();
    host.folder("/run/udev/data");
    const { system, pass, fire, reads } = movable(host);
    const collector = collectorOf(host, system);
    const { next, stop } = await heard(collector);
    await collector.collect();
    expect(reads()).toBeGreaterThan(10);
    pass(15_000);
    await collector.collect();
    expect(reads()).toBe(0);
    host.remove("/sys/bus/pci/devices/0000:02:00.0");
    const changed = next();
    fire("/run/udev/data", "b8:0");
    fire("/run/udev/data", "+pci:0000:02:00.0");
    expect(await changed).toBe("devices");
    expect(observedOf(await collector.collect(), "pci")).toHaveLength(1);
    stop();
  });

  test("happens within a minute where udev says nothing, for the drivers alone", async () => {
    const host = scanner();
    const { system, pass, reads } = movable(host);
    const collector = collectorOf(host, system);
    await collector.collect();
    const first = reads();
    host.remove("/sys/bus/pci/devices/0000:02:00.0/driver");
    pass(60_000);
    expect(observedOf(await collector.collect(), "pci")[1]?.driver).toBeNull();
    expect(reads()).toBeLessThan(first / 2);
  });
});

describe("memory and firmware [SEE-12]", () => {
  test("memory with the errors its controllers counted; a little more or less of it is no news", async () => {
    const host = scanner();
    const memory = (freeKb: number) =>
      host.write(
        "/proc/meminfo",
        `MemTotal: 1000000 kB\nMemFree: 1 kB\nMemAvailable: ${freeKb} kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n`,
      );
    memory(400_000);
    const collector = collectorOf(host);
    const before = await collector.collect();
    expect(observedOf(before, "memory")).toMatchObject({
      totalBytes: 1_024_000_000,
      availableBytes: 409_600_000,
      uncorrectedErrors: null,
    });
    memory(300_000);
    expect(factsDigestText(await collector.collect())).toBe(factsDigestText(before));
    memory(90_000);
    expect(factsDigestText(await collector.collect())).not.toBe(factsDigestText(before));
    host.write("/sys/devices/system/edac/mc/mc0/ue_count", "2\n");
    host.write("/sys/devices/system/edac/mc/mc1/ue_count", "1\n");
    host.write("/sys/devices/system/edac/mc/mc0/ce_count", "garbage\n");
    expect(observedOf(await collector.collect(), "memory")).toMatchObject({
      uncorrectedErrors: 3,
      correctedErrors: null,
    });
  });

  test.each([
    ["on", "\u0006\u0000\u0000\u0000\u0001", true],
    ["off", "\u0006\u0000\u0000\u0000\u0000", false],
    ["cut short", "\u0006", null],
  ])(
    "secure boot %s is the byte after the attributes, never the whole file [L39]",
    async (_is, bytes, secureBoot) => {
      const host = scanner();
      host.write("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", bytes);
      host.write("/sys/class/dmi/id/bios_version", "1.70\n");
      expect(observedOf(await collect(host), "firmware")).toEqual({
        mode: "efi",
        secureBoot,
        vendor: null,
        version: "1.70",
        date: null,
      });
    },
  );

  test("a machine without EFI has no such setting; one that hides its firmware is unknown", async () => {
    const host = scanner();
    host.folder("/sys/firmware/acpi");
    expect(observedOf(await collect(host), "firmware")).toMatchObject({ mode: "other", secureBoot: null });
    expect((await collect(scanner())).firmware).toMatchObject({ reason: { code: "no-such-file" } });
  });
});

describe("the change that a scanner tells of [ACT-9]", () => {
  const FILE = `${options.runDir}/change.json`;
  const change = async (host: HostRoot) => (await collect(host)).change;

  test("no file is none only where the agent would have seen one [SEE-14]", async () => {
    const host = scanner();
    expect(await change(host)).toMatchObject({ state: "unknown", reason: { code: "no-such-file" } });
    host.folder(options.runDir);
    expect(await change(host)).toMatchObject({ state: "observed", value: { state: "none", sinceMs: null } });
  });

  test("its file is told as it is, what it leaves out is null, and a newer word is unknown", async () => {
    const host = scanner();
    const file = {
      schema: "fiducial.change/1",
      state: "downloading",
      sinceMs: 5,
      percent: 34.5,
      extra: true,
    };
    host.write(FILE, JSON.stringify(file));
    expect(await change(host)).toEqual({
      state: "observed",
      value: {
        ...{ state: "downloading", sinceMs: 5, changeId: null, from: null, to: null },
        ...{ reason: null, percent: 34.5, budgetMs: null, energised: null },
      },
    });
    host.write(FILE, JSON.stringify({ ...file, state: "teleporting" }));
    expect(await change(host)).toMatchObject({ value: { state: "unknown" } });
  });

  test.each([
    ["not JSON", "{"],
    ["another schema", JSON.stringify({ schema: "fiducial.change/2", state: "none", sinceMs: 1 })],
    [
      "a year to finish",
      JSON.stringify({ schema: "fiducial.change/1", state: "armed", sinceMs: 1, budgetMs: 3e10 }),
    ],
  ])("%s is unknown and named as a problem", async (_what, text) => {
    const host = scanner();
    host.write(FILE, text);
    const facts = await collect(host);
    expect(facts.change).toMatchObject({ reason: { code: "malformed", params: { path: FILE } } });
    expect(observedOf(facts, "agent").problems).toContainEqual(expect.objectContaining({ source: FILE }));
  });

  const LOCAL = "/run/fiducial/local.json";
  test("what people entered at the scanner is told with its own time [OFF-2]", async () => {
    const host = scanner();
    const entry = { seq: 1, atMs: 7, act: "hold", door: "page", result: "done", changeId: null, to: null };
    const told = {
      log: "019a5b1e-0000-7000-8000-000000000001",
      entries: [{ ...entry, text: "noise" }],
      hold: null,
    };
    host.folder(options.runDir);
    expect((await collect(host)).local).toEqual({
      state: "observed",
      value: { log: null, entries: [], hold: null },
    });
    host.write(LOCAL, JSON.stringify({ schema: "fiducial.local/1", ...told }));
    expect((await collect(host)).local).toEqual({ state: "observed", value: told });
    host.write(
      LOCAL,
      JSON.stringify({ schema: "fiducial.local/1", ...told, entries: [{ ...entry, seq: 0 }] }),
    );
    expect((await collect(host)).local).toMatchObject({
      reason: { code: "malformed", params: { path: LOCAL } },
    });
  });

  test("what was confirmed is told as the file says it, and an older writer is not an empty list [ACT-4, SEE-14]", async () => {
    const host = scanner();
    const file = { schema: "fiducial.change/1", state: "none", sinceMs: 5 };
    const confirmed = [{ toplevel: "/nix/store/a", release: null, confirmedAtMs: 7 }];
    expect((await collect(host)).confirmed).toMatchObject({ reason: { code: "no-such-file" } });
    host.folder(options.runDir);
    expect((await collect(host)).confirmed).toEqual({ state: "observed", value: { generations: null } });
    host.write(FILE, JSON.stringify(file));
    expect((await collect(host)).confirmed).toEqual({ state: "observed", value: { generations: null } });
    host.write(FILE, JSON.stringify({ ...file, confirmed }));
    expect(await collect(host)).toMatchObject({
      confirmed: { state: "observed", value: { generations: confirmed } },
      change: { state: "observed", value: { state: "none", sinceMs: 5 } },
    });
    host.write(FILE, JSON.stringify({ ...file, confirmed: [{ toplevel: 7 }] }));
    expect((await collect(host)).confirmed).toMatchObject({ reason: { code: "malformed" } });
    host.write(FILE, "{");
    expect((await collect(host)).confirmed).toMatchObject({ reason: { code: "malformed" } });
  });

  test("what is held and blocked is told as the file says it, and an older writer tells nothing [ACT-5, ACT-6, SEE-14]", async () => {
    const host = scanner();
    host.folder(options.runDir);
    const file = { schema: "fiducial.change/1", state: "none", sinceMs: 5 };
    const held = {
      sinceMs: 5,
      changeId: "c",
      toplevel: "/nix/store/a",
      release: "r2",
      reason: "health-failed",
    };
    const quarantine = { held, blocked: [] };
    for (const missing of [null, file]) {
      if (missing !== null) host.write(FILE, JSON.stringify(missing));
      expect((await collect(host)).quarantine).toEqual({
        state: "observed",
        value: { held: null, blocked: null },
      });
    }
    host.write(FILE, JSON.stringify({ ...file, quarantine }));
    expect((await collect(host)).quarantine).toEqual({ state: "observed", value: quarantine });
    host.write(FILE, JSON.stringify({ ...file, quarantine: { held: "yes" } }));
    expect((await collect(host)).quarantine).toMatchObject({ reason: { code: "malformed" } });
  });

  test("a new file is told at once", async () => {
    const host = scanner();
    host.folder(options.runDir);
    const { system, fire } = movable(host);
    const collector = collectorOf(host, system);
    const { next, stop } = await heard(collector);
    const told = next();
    fire(options.runDir, "change.json");
    expect(await told).toBe("change");
    stop();
  });
});
