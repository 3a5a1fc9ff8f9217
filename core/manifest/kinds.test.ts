import { describe, expect, test } from "vitest";
import { isKey } from "#core/message/catalogue.ts";
import {
  EXAMPLE_VALUES,
  exampleFacts,
  OTHER_TOPLEVEL,
  TOPLEVEL,
  withoutFact,
} from "#core/report/example-facts.ts";
import { observed, unknown } from "#core/report/fact.ts";
import type { FactKind } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import { ABSENT_DEVICES, KNOWN_DEVICES, UNSEEN_DEVICES } from "./example-device-items.ts";
import { ageLimitMs, PROBE_KINDS, readProbe } from "./kinds.ts";

const SHA = "ab".repeat(32);
const last = EXAMPLE_VALUES.safety.last!;
const unit = EXAMPLE_VALUES.units.units[0]!;
const disk = EXAMPLE_VALUES.disks[0]!;
const one = EXAMPLE_VALUES.provided[0]!;
const closureFact = (which: string, value: unknown) =>
  ({
    ...exampleFacts(),
    closures: observed({ ...EXAMPLE_VALUES.closures, [which]: value }),
  }) as Facts;

/** kind, arguments, facts, value */
const KNOWN: [string, Record<string, string>, Facts, unknown][] = [
  ["closure", { which: "running" }, exampleFacts(), TOPLEVEL],
  ["closure-digest", {}, exampleFacts(), SHA],
  ["closure-verified", {}, exampleFacts(), true],
  [
    "closure-verified",
    {},
    exampleFacts({ verification: { phase: "running", bad: [{ path: "/x", problem: "modified" }] } }),
    false,
  ],
  ["closure-verified", {}, exampleFacts({ verification: { toplevel: OTHER_TOPLEVEL, moreBad: 1 } }), false],
  ["kernel-release", {}, exampleFacts(), "6.12.40"],
  ["kernel-parameter", { name: "isolcpus" }, exampleFacts(), "2-3"],
  ["kernel-parameter", { name: "quiet" }, exampleFacts(), true],
  ["kernel-parameter", { name: "loglevel" }, exampleFacts(), "5"],
  ["kernel-realtime", {}, exampleFacts(), true],
  ["kernel-taint", {}, exampleFacts(), 4096],
  ["module", { name: "snd-pcm" }, exampleFacts(), true],
  ["module", { name: "nvidia", field: "version" }, exampleFacts(), "580.1"],
  ["module", { name: "nvidia", field: "srcversion" }, exampleFacts(), "A1"],
  ["module-parameter", { module: "nvidia", name: "NVreg_EnableMSI" }, exampleFacts(), "1"],
  ["module-parameter", { module: "nvidia", name: "NVreg-EnableMSI" }, exampleFacts(), "1"],
  ["modules-match", { tree: "booted" }, exampleFacts(), true],
  [
    "modules-match",
    { tree: "current" },
    exampleFacts({ modules: { differsFromCurrentTree: observed(["nvidia"]) } }),
    false,
  ],
  ["unit", { name: "daq.service" }, exampleFacts(), "active"],
  ["unit", { name: "daq.service", field: "restarts" }, exampleFacts(), 0],
  ["system-state", {}, exampleFacts(), "running"],
  ["safety-link", {}, exampleFacts(), "connected"],
  ["safety-link", {}, exampleFacts({ safety: { link: "silent" } }), "silent"],
  ["safety-state", {}, exampleFacts(), "ok"],
  ["safety-heartbeat-age", {}, exampleFacts({ safety: { link: "silent", heartbeatAgeMs: 9_000 } }), 9_000],
  ["safety-chain", { element: "door" }, exampleFacts(), "closed"],
  ["safety-limits", {}, exampleFacts(), "aa"],
  ["safety-bypasses", {}, exampleFacts(), 0],
  [
    "safety-bypasses",
    {},
    exampleFacts({
      safety: { last: { ...last, bypasses: ["door", "lna"], chain: [{ id: "door", state: "bypassed" }] } },
    }),
    2,
  ],
  ["safety-permission", {}, exampleFacts(), true],
  ["safety-daemon", { field: "name" }, exampleFacts(), "safety"],
  ["safety-daemon", { field: "version" }, exampleFacts(), "1.4.0"],
  ["provided", { owner: "daq", id: "calibration" }, exampleFacts(), 11],
  [
    "provided",
    { owner: "daq", id: "calibration" },
    exampleFacts({ provided: [{ ...one, quality: "suspect" }] }),
    11,
  ],
  ["disk-free", { mount: "/" }, exampleFacts(), 41],
  ["clock-synchronised", {}, exampleFacts(), true],
  ["clock-offset", {}, exampleFacts(), 0.4],
  ["nix-version", {}, exampleFacts(), "2.26.3"],
  ["nix-setting", { name: "require-sigs" }, exampleFacts(), "true"],
  ["host", { field: "hostname" }, exampleFacts(), "fm25-0137"],
  ...KNOWN_DEVICES,
];

test.each(KNOWN)("%s %j is read", (kind, args, facts, value) => {
  expect(readProbe(facts, kind, args)).toMatchObject({ state: "known", value });
});

test("every probe kind is read by a test, and has a name", () => {
  expect([...new Set(KNOWN.map(([kind]) => kind))].sort()).toEqual(Object.keys(PROBE_KINDS).sort());
  for (const kind of Object.keys(PROBE_KINDS)) expect(isKey(`probe.${kind}`), kind).toBe(true);
});

describe("what is not seen is never a value [SEE-14]", () => {
  test.each(KNOWN)("%s %j of an empty report is not reported", (kind, args) => {
    expect(readProbe({}, kind, args)).toEqual({ state: "not-reported" });
  });

  test.each(KNOWN)("%s %j of unknown facts is unknown with their reason", (kind, args, facts) => {
    const all = Object.keys(facts).map((key) => [key as FactKind, unknown("denied")]);
    expect(readProbe(Object.fromEntries(all) as Facts, kind, args)).toEqual({
      state: "unknown",
      reason: { code: "denied" },
    });
  });

  test.each<[string, Record<string, string>, Facts, string]>([
    ["closure", { which: "running" }, closureFact("running", unknown("not-nixos")), "not-nixos"],
    ["closure-digest", {}, closureFact("running", unknown("not-nixos")), "not-nixos"],
    ["closure-digest", {}, exampleFacts({ closureDigests: [] as never }), "digest-not-computed"],
    ["closure-verified", {}, closureFact("running", unknown("not-nixos")), "not-nixos"],
    [
      "closure-verified",
      {},
      exampleFacts({ verification: { toplevel: OTHER_TOPLEVEL } }),
      "other-closure-verified",
    ],
    ["closure-verified", {}, exampleFacts({ verification: { phase: "paused" } }), "verification-unfinished"],
    [
      "modules-match",
      { tree: "booted" },
      exampleFacts({ modules: { differsFromBootedTree: unknown("no-module-tree") } }),
      "no-module-tree",
    ],
    ["unit", { name: "gone.service" }, exampleFacts({ units: { more: 1 } }), "list-cut-short"],
    ["safety-link", {}, exampleFacts({ safety: { link: "unknown" } }), "safety-not-heard"],
    [
      "safety-state",
      {},
      exampleFacts({ safety: { last: { ...last, state: "unknown" } } }),
      "safety-word-unknown",
    ],
    ["safety-state", {}, exampleFacts({ safety: { link: "silent" } }), "safety-silent"],
    ["safety-permission", {}, exampleFacts({ safety: { link: "garbage" } }), "safety-garbage"],
    ["safety-limits", {}, exampleFacts({ safety: { link: "absent", last: null } }), "safety-absent"],
    ["safety-bypasses", {}, exampleFacts({ safety: { link: "unknown" } }), "safety-not-heard"],
    ["safety-bypasses", {}, exampleFacts({ safety: { last: null } }), "safety-not-heard"],
    ["safety-heartbeat-age", {}, exampleFacts({ safety: { heartbeatAgeMs: null } }), "safety-not-heard"],
    [
      "safety-chain",
      { element: "door" },
      exampleFacts({ safety: { last: { ...last, chain: [{ id: "door", state: "unknown" }] } } }),
      "chain-element-unknown",
    ],
    ["safety-daemon", { field: "name" }, exampleFacts({ safety: { link: "silent" } }), "safety-not-heard"],
    ["provided", { owner: "daq", id: "gone" }, exampleFacts(), "not-published"],
    ["provided", { owner: "other", id: "calibration" }, exampleFacts(), "not-published"],
    [
      "provided",
      { owner: "daq", id: "calibration" },
      exampleFacts({ provided: [{ ...one, quality: "bad" }] }),
      "quality-not-good",
    ],
    [
      "provided",
      { owner: "daq", id: "calibration" },
      exampleFacts({ provided: [{ ...one, quality: "unknown" }] }),
      "quality-not-good",
    ],
    [
      "provided",
      { owner: "daq", id: "calibration" },
      exampleFacts({ provided: [{ ...one, value: null }] }),
      "no-value",
    ],
    ["disk-free", { mount: "/" }, exampleFacts({ disks: [{ ...disk, totalBytes: 0 }] }), "no-size"],
    ["clock-offset", {}, exampleFacts({ clock: { offsetMs: null } }), "no-value"],
    ...UNSEEN_DEVICES,
    ["unit", {}, exampleFacts(), "wrong-arguments"],
    ["closure", { which: "best" }, exampleFacts(), "wrong-arguments"],
    ["clock-synchronised", { extra: "x" }, exampleFacts(), "wrong-arguments"],
  ])("%s %j is unknown where it cannot be told (%#)", (kind, args, facts, code) => {
    expect(readProbe(facts, kind, args)).toMatchObject({ state: "unknown", reason: { code } });
    expect(isKey(`unknown.${code}`)).toBe(true);
  });

  test.each(["constructor", "toString", "gpu-nvml"])(
    "the kind %s of a newer manifest is unknown [SEE-13]",
    (kind) => {
      expect(readProbe(exampleFacts(), kind, {})).toEqual({ state: "unknown-kind" });
    },
  );
});

test.each<[string, Record<string, string>, Facts]>([
  ["closure-verified", {}, exampleFacts({ verification: { totalPaths: 0, checkedPaths: 0 } })],
  ["kernel-parameter", { name: "isol" }, exampleFacts()],
  ["module", { name: "comedi" }, exampleFacts()],
  ["module", { name: "snd_pcm", field: "version" }, exampleFacts()],
  ["module-parameter", { module: "comedi", name: "debug" }, exampleFacts()],
  ["module-parameter", { module: "nvidia", name: "constructor" }, exampleFacts()],
  ["unit", { name: "gone.service" }, exampleFacts()],
  ["unit", { name: "daq.service" }, exampleFacts({ units: { units: [{ ...unit, load: "not-found" }] } })],
  ["safety-chain", { element: "hood" }, exampleFacts()],
  ["safety-limits", {}, exampleFacts({ safety: { last: { ...last, limitsHash: null } } })],
  ["safety-daemon", { field: "version" }, exampleFacts({ safety: { version: null } })],
  ["disk-free", { mount: "/data" }, exampleFacts()],
  ["nix-setting", { name: "constructor" }, exampleFacts()],
  ["host", { field: "virtualisation" }, exampleFacts()],
  ...ABSENT_DEVICES,
])("%s %j is absent where it was looked for and is not there (%#)", (kind, args, facts) => {
  expect(readProbe(facts, kind, args)).toEqual({ state: "absent" });
});

test("a digest needs the closure's own entry, not another's", () => {
  expect(readProbe(withoutFact(exampleFacts(), "closureDigests"), "closure-digest", {}).state).toBe(
    "not-reported",
  );
});

test("a module's parameter without a value is unknown, and of a module that told none nothing is said [SEE-4, SEE-14]", () => {
  const asked = { module: "nvidia", name: "NVreg_RegistryDwords" };
  expect(readProbe(exampleFacts(), "module-parameter", asked)).toMatchObject({
    state: "unknown",
    reason: { code: "parameter-not-read", params: { name: "NVreg_RegistryDwords" } },
  });
  expect(readProbe(exampleFacts(), "module-parameter", { module: "snd_pcm", name: "debug" })).toEqual({
    state: "not-reported",
  });
});

describe("the age limit of an item", () => {
  const item = (kind: string, args: Record<string, string>, expect: object) =>
    ({ id: "x", kind, args, expect, class: "info", while: "always" }) as never;
  const present = { op: "present", want: true };

  test.each([
    ["what it demands itself", item("kernel-release", {}, { op: "maxAge", want: 5 }), 5],
    ["fifteen minutes for a published value", item("provided", { owner: "a", id: "b" }, present), 900_000],
    ["what the arguments say", item("provided", { owner: "a", id: "b", maxAgeMs: "7" }, present), 7],
    [
      "none for a value that does not age",
      item("provided", { owner: "a", id: "b", maxAgeMs: "none" }, present),
      null,
    ],
    ["none for what the agent reads itself", item("kernel-release", {}, present), null],
    ["none for wrong arguments", item("provided", {}, present), null],
    ["none for a kind nobody knows", item("newer", {}, present), null],
  ])("is %s [SEE-16]", (_title, one, limit) => {
    expect(ageLimitMs(one)).toBe(limit);
  });
});
