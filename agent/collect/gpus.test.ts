import { describe, expect, test } from "vitest";
import { linuxSystem } from "#agent/linux-system.ts";
import type { Outcome, Ran, System } from "#agent/system.ts";
import { factsDigestText } from "#core/report/digest.ts";
import { collectorOf, kept, observedOf } from "#tests/fixtures/host-root/host-collector.ts";
import { putNvidia } from "#tests/fixtures/host-root/host-devices.ts";
import { type HostRoot, nixosHostRoot } from "#tests/fixtures/host-root/host-root.ts";
import { SMI } from "#tests/fixtures/host-root/nvidia-smi-output.ts";
import { busAddress, parseSmi } from "./nvidia-smi.ts";
import { parseXids } from "./xid.ts";

const MINUTE = 60_000;
const VERSION = "580.95.05";

function nvidiaHost(library: string | null = VERSION): HostRoot {
  const host = kept(nixosHostRoot());
  putNvidia(host, { module: VERSION, library });
  return host;
}

type Programs = { "nvidia-smi"?: Outcome<Ran> | "hangs"; journalctl?: Outcome<Ran> };

/** The host with programs that answer as told, and a clock in the test's hands. */
function asked(host: HostRoot, programs: Programs) {
  const calls: string[] = [];
  let nowMs = 0;
  const system: System = {
    ...linuxSystem(host.root),
    monotonicMs: () => nowMs,
    run: (program) => {
      calls.push(program);
      const answer = programs[program as keyof Programs];
      if (answer === "hangs") return new Promise(() => undefined);
      return Promise.resolve(answer ?? { ok: false, problem: "missing", detail: "" });
    },
  };
  return {
    calls,
    collector: collectorOf(host, system),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

const said = (value: Ran): Outcome<Ran> => ({ ok: true, value });
const gpusOf = async (host: HostRoot, programs: Programs) =>
  observedOf(await asked(host, programs).collector.collect(), "gpus");
const log = (stdout: string, stderr = "", status = 0) => said({ status, stdout, stderr });
const XID79 =
  "NVRM: Xid (PCI:0000:01:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.\n";

describe("module, library and cards of NVIDIA [SEE-5]", () => {
  test("agree: the card as nvidia-smi tells it, with no problem", async () => {
    const gpus = await gpusOf(nvidiaHost(), { "nvidia-smi": said(SMI.healthy), journalctl: log("") });
    expect(gpus).toEqual({
      moduleVersion: VERSION,
      userlandVersion: VERSION,
      problem: null,
      cards: [
        {
          bus: "0000:01:00.0",
          name: "NVIDIA RTX A2000",
          uuid: "GPU-5c6d7e8f-0000-0000-0000-000000000000",
          driverVersion: VERSION,
          temperatureC: 41,
          memoryTotalMiB: 6138,
          eccUncorrected: null,
          xid: [],
        },
      ],
    });
  });

  test("a library newer than the loaded module is a mismatch, asked or not [F01]", async () => {
    for (const smi of [said(SMI.mismatch), undefined]) {
      const gpus = await gpusOf(nvidiaHost("580.105.08"), smi === undefined ? {} : { "nvidia-smi": smi });
      expect(gpus).toMatchObject({
        problem: "driver-library-mismatch",
        userlandVersion: "580.105.08",
        // The driver itself still tells which cards it took.
        cards: [{ bus: "0000:01:00.0", name: "NVIDIA RTX A2000", temperatureC: null }],
      });
    }
  });

  test.each([
    ["no devices", said(SMI.noDevices), "no-devices"],
    ["no driver to talk to", said(SMI.notLoaded), "driver-not-loaded"],
    ["a lost card", said(SMI.lost), "failed"],
    ["words of another version", said(SMI.anotherFormat), "failed"],
    ["nothing", said(SMI.nothing), "failed"],
    ["no end in time", { ok: false, problem: "timeout", detail: "" } as const, "not-answering"],
    ["no program", undefined, "not-asked"],
    ["no right to run it", { ok: false, problem: "not-a-program", detail: "" } as const, "not-asked"],
  ])("nvidia-smi that says %s", async (_what, answer, problem) => {
    const gpus = await gpusOf(nvidiaHost(), answer === undefined ? {} : { "nvidia-smi": answer });
    expect(gpus.problem).toBe(problem);
  });

  test("a host without any of it has none, and asks nobody", async () => {
    const host = kept(nixosHostRoot());
    host.remove("/sys/module/nvidia");
    const { collector, calls } = asked(host, {});
    expect(observedOf(await collector.collect(), "gpus")).toEqual({
      moduleVersion: null,
      userlandVersion: null,
      problem: null,
      cards: [],
    });
    expect(calls).toEqual([]);
  });

  test("a library without its module is a driver that is not loaded", async () => {
    const host = nvidiaHost();
    host.remove("/sys/module/nvidia");
    expect(await gpusOf(host, {})).toMatchObject({ problem: "driver-not-loaded", moduleVersion: null });
    host.write(
      "/proc/driver/nvidia/version",
      "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build\n",
    );
    expect(await gpusOf(host, {})).toMatchObject({ moduleVersion: VERSION });
  });
});

describe("asking seldom [SEE-15]", () => {
  test("every five minutes, and at once when the library changed", async () => {
    const host = nvidiaHost();
    const { collector, calls, pass } = asked(host, { "nvidia-smi": said(SMI.healthy), journalctl: log("") });
    const asks = async () => {
      calls.length = 0;
      await collector.collect();
      return calls.filter((one) => one === "nvidia-smi").length;
    };
    expect(await asks()).toBe(1);
    pass(MINUTE);
    expect(await asks()).toBe(0);
    putNvidia(host, { module: VERSION, library: "580.105.08" });
    expect(await asks()).toBe(1);
    pass(5 * MINUTE);
    expect(await asks()).toBe(1);
  });

  test("one that hangs is not joined by a second", async () => {
    const { createNvidiaSmi } = await import("./nvidia-smi.ts");
    const host = nvidiaHost();
    let runs = 0;
    const smi = createNvidiaSmi({
      ...linuxSystem(host.root),
      run: () => {
        runs += 1;
        return new Promise(() => undefined);
      },
    });
    const first = smi.ask("a");
    expect(await smi.ask("b")).toEqual({ problem: "not-answering", cards: [] });
    expect(runs).toBe(1);
    void first;
  });

  test("a card that grows a little warmer is no news, and one near its limit is", async () => {
    const digestAt = async (temperature: number) => {
      const line = `00000000:01:00.0, GPU-a, ${VERSION}, ${temperature}, 6138, 0, A2000\n`;
      const { collector } = asked(nvidiaHost(), {
        "nvidia-smi": said({ status: 0, stdout: line, stderr: "" }),
      });
      const { gpus } = await collector.collect();
      return factsDigestText({ gpus: gpus! });
    };
    expect(await digestAt(70)).toBe(await digestAt(41));
    expect(await digestAt(86)).not.toBe(await digestAt(41));
  });
});

describe("Xid events [SEE-5, F02]", () => {
  test("are the codes of this card in the kernel log, oldest first", async () => {
    const lines = `${XID79.replace("79", "31")}${XID79}NVRM: Xid (PCI:0000:C1:00): 13, Graphics Exception\n`;
    const gpus = await gpusOf(nvidiaHost(), { "nvidia-smi": said(SMI.lost), journalctl: log(lines) });
    expect(gpus.cards[0]?.xid).toEqual([31, 79]);
  });

  test.each<[string, Outcome<Ran>]>([
    ["journalctl is not there", { ok: false, problem: "missing", detail: "" }],
    [
      "the agent is in no group that may",
      log("", "Hint: You are currently not seeing messages from other users and the system.\n", 1),
    ],
    [
      "no journal may be opened",
      log("", "No journal files were opened due to insufficient permissions.\n", 1),
    ],
    ["this journalctl cannot search", log("", "Compiled without pattern matching support\n", 1)],
  ])("are not known when %s: null, never none [SEE-14]", async (_why, journalctl) => {
    const gpus = await gpusOf(nvidiaHost(), { "nvidia-smi": said(SMI.healthy), journalctl });
    expect(gpus.cards[0]?.xid).toBeNull();
  });

  test("of a log that has none are none, however journalctl says so", () => {
    expect(parseXids(log("", "", 1))).toEqual(new Map());
    expect(parseXids(log("-- No entries --\n"))).toEqual(new Map());
  });
});

describe("what nvidia-smi prints [SEE-5]", () => {
  test("several cards, an unknown value, a domain of eight digits", () => {
    expect(parseSmi(said(SMI.twoCards))).toMatchObject({
      problem: null,
      cards: [
        { bus: "0000:01:00.0", eccUncorrected: 0 },
        { bus: "0001:c1:00.0", temperatureC: null, eccUncorrected: 3 },
      ],
    });
  });

  test.each(["", "01:00.0", "0000:01:00.9", "x000:01:00.0"])("%j is no bus address", (text) => {
    expect(busAddress(text)).toBeNull();
  });
});
