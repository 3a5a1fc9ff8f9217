import { NOTHING_LOCAL } from "#core/local/log.ts";
import { NO_CHANGE } from "#core/report/change-kind.ts";
import { EXAMPLE_DEVICES } from "#core/report/example-devices.ts";
import { observed } from "#core/report/fact.ts";
import type { FactKind, FactValue } from "#core/report/kinds.ts";
import { NOTHING_IN_QUARANTINE } from "#core/report/quarantine-kind.ts";
import type { Facts } from "#core/report/report.ts";

/** A healthy scanner as a whole set of facts, for tests: each test changes the one thing it is about. */
const HASH = "0123456789abcdfghijklmnpqrsvwxyz";
export const TOPLEVEL = `/nix/store/${HASH}-nixos-system-fm25-26.05`;
export const OTHER_TOPLEVEL = `/nix/store/${[...HASH].reverse().join("")}-nixos-system-fm25-26.05`;
const SHA = "ab".repeat(32);

const ref = { path: TOPLEVEL, generation: 12, sinceMs: 1_000 };

function unit(name: string, sub: string) {
  return {
    name,
    load: "loaded",
    active: "active",
    sub,
    result: "success",
    enabled: "enabled",
    restarts: 0,
    mainStatus: 0,
    sinceMs: 1_000,
  };
}

export const EXAMPLE_VALUES: { [K in FactKind]: FactValue<K> } = {
  host: {
    hostname: "fm25-0137",
    os: "nixos",
    osName: "NixOS",
    osVersion: "26.05",
    architecture: "x86_64",
    hardwareFingerprint: SHA,
    virtualisation: null,
    bootedAtMs: 1_000,
  },
  closures: {
    running: observed(ref),
    booted: observed(ref),
    profile: observed(ref),
    nextBoot: observed(ref),
  },
  generations: {
    profile: "/nix/var/nix/profiles/system",
    entries: [{ number: 12, path: TOPLEVEL, createdAtMs: 1_000, present: true }],
    more: 0,
  },
  closureDigests: [
    { toplevel: TOPLEVEL, narHash: SHA, digest: SHA, pathCount: 3, narSize: 10, computedAtMs: 1_000 },
  ],
  verification: {
    toplevel: TOPLEVEL,
    phase: "finished",
    checkedPaths: 3,
    totalPaths: 3,
    startedAtMs: 1_000,
    finishedAtMs: 2_000,
    bad: [],
    moreBad: 0,
  },
  kernel: {
    release: "6.12.40",
    version: "#1-NixOS SMP PREEMPT_RT",
    tainted: 4096,
    parameters: ["init=/nix/store/x/init", "isolcpus=2-3", "quiet", "loglevel=4", "loglevel=5"],
    realtime: true,
    bootedTree: observed("6.12.40"),
    currentTree: observed("6.12.40"),
  },
  modules: {
    loaded: [
      {
        ...{ name: "nvidia", version: "580.1", srcversion: "A1", taint: "PO" },
        parameters: { NVreg_EnableMSI: "1", NVreg_RegistryDwords: null },
      },
      { name: "snd_pcm", version: null, srcversion: null, taint: "" },
    ],
    differsFromBootedTree: observed([]),
    differsFromCurrentTree: observed([]),
  },
  units: {
    systemState: "running",
    units: [unit("daq.service", "running"), unit("safety.service", "running"), unit("boot.mount", "mounted")],
    more: 0,
  },
  safety: {
    link: "connected",
    daemon: "safety",
    version: "1.4.0",
    heartbeatAgeMs: 120,
    last: {
      state: "ok",
      chain: [
        { id: "estop", label: "E-stop", state: "closed" },
        { id: "door", state: "closed" },
      ],
      latched: false,
      permission: true,
      bypasses: [],
      limitsHash: "aa",
      energised: false,
      scanState: "idle",
      lastSelfTestAtMs: 1_000,
    },
    problem: null,
  },
  provided: [{ owner: "daq", id: "calibration", value: 11, unit: "V", quality: "good", ageMs: 1_000 }],
  disks: [
    {
      mount: "/",
      purpose: "root",
      fsType: "ext4",
      totalBytes: 1000,
      freeBytes: 415,
      freeInodes: 10,
    },
  ],
  clock: { synchronised: true, source: "chrony", offsetMs: 0.4, rtcOk: true },
  nix: { version: "2.26.3", settings: { "require-sigs": "true", "fsync-metadata": "true" } },
  ...EXAMPLE_DEVICES,
  change: NO_CHANGE,
  confirmed: {
    generations: [
      { toplevel: TOPLEVEL, release: "2026.10.2", confirmedAtMs: 1_000 },
      { toplevel: OTHER_TOPLEVEL, release: "2026.09.4", confirmedAtMs: 500 },
    ],
  },
  quarantine: NOTHING_IN_QUARANTINE,
  local: NOTHING_LOCAL,
  agent: {
    version: "0.1.0",
    node: "v24.0.0",
    mode: "service",
    user: "unprivileged",
    changesEnabled: false,
    residentBytes: 1,
    anonymousBytes: 1,
    cpuMs: 1,
    startedAtMs: 1_000,
    wakeups: 1,
    outboxReports: 0,
    droppedReports: 0,
    proxy: null,
    customCa: false,
    problems: [],
  },
};

/** All facts observed, with some of them replaced by others. */
export function exampleFacts(changes: Partial<{ [K in FactKind]: Partial<FactValue<K>> }> = {}): Facts {
  const facts: Record<string, unknown> = {};
  for (const [kind, value] of Object.entries(EXAMPLE_VALUES)) {
    const change = changes[kind as FactKind];
    facts[kind] = observed(Array.isArray(value) ? (change ?? value) : { ...value, ...change });
  }
  return facts as Facts;
}

/** The facts without one kind: the report does not speak of it. */
export function withoutFact(facts: Facts, kind: FactKind): Facts {
  const { [kind]: _left, ...rest } = facts;
  return rest;
}
