import { describe, expect, test } from "vitest";
import { compareIntact } from "#core/finding/compare.ts";
import { EXAMPLE_VALUES, exampleFacts, OTHER_TOPLEVEL, TOPLEVEL } from "#core/report/example-facts.ts";
import { observed, unknown } from "#core/report/fact.ts";
import type { Facts } from "#core/report/report.ts";
import { adoptedManifest, proposeBaseline } from "./adopt.ts";
import { manifestSchema } from "./item.ts";

const last = EXAMPLE_VALUES.safety.last!;
const unit = EXAMPLE_VALUES.units.units[0]!;
const one = EXAMPLE_VALUES.provided[0]!;

const proposal = (facts: Facts) =>
  Object.fromEntries(
    proposeBaseline(facts).map(({ item, actual, note }) => [
      item.id,
      { item, actual, note: note?.code ?? null },
    ]),
  );
const all = (facts: Facts) => proposeBaseline(facts).map(({ item }) => ({ id: item.id, class: item.class }));
const withUnits = (...units: Partial<typeof unit>[]) =>
  proposal(exampleFacts({ units: { units: units.map((change) => ({ ...unit, ...change })) } }));

test("a healthy scanner adopted whole has no finding the moment after [EXP-8]", () => {
  const facts = exampleFacts();
  const adopted = adoptedManifest(facts, all(facts));
  expect(adopted.ok).toBe(true);
  if (!adopted.ok) return;
  expect(manifestSchema.parse(adopted.manifest)).toEqual(adopted.manifest);
  expect(adopted.manifest).toMatchObject({ toplevel: TOPLEVEL, closureDigest: "ab".repeat(32) });
  expect(adopted.manifest.items.length).toBeGreaterThan(20);
  const compared = compareIntact(adopted.manifest, facts, { observedAgoMs: 0 });
  expect(compared.filter(({ finding }) => finding !== null)).toEqual([]);
});

test("the list is the same every time, safety first", () => {
  const ids = proposeBaseline(exampleFacts()).map(({ item }) => item.id);
  expect(ids.slice(0, 7)).toEqual([
    "safety.bypasses",
    "safety.chain.door",
    "safety.chain.estop",
    "safety.daemon.name",
    "safety.daemon.version",
    "safety.heartbeat-age",
    "safety.limits",
  ]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(proposeBaseline(exampleFacts()).map(({ item }) => item.id)).toEqual(ids);
});

test("each item shows what is there now and has a sensible class", () => {
  expect(proposal(exampleFacts())).toMatchObject({
    "safety.link": { actual: "connected", item: { class: "safety" } },
    "safety.heartbeat-age": { actual: 120, item: { expect: { op: "range", want: { max: 2000 } } } },
    "safety.daemon.version": { item: { class: "config" } },
    "closure.running": { actual: TOPLEVEL, note: null, item: { class: "config" } },
    "kernel.parameter.isolcpus": { actual: "2-3" },
    "module.nvidia": { item: { class: "function" } },
    "module.snd_pcm": { item: { class: "config" } },
    "unit.daq.service": { actual: "active", item: { class: "config" } },
    "unit.safety.service": { item: { class: "safety" } },
    "disk.free/": { actual: 41, item: { class: "function" } },
    "clock.synchronised": { item: { class: "config" } },
    "nix.require-sigs": { actual: "true" },
    "provided.daq.calibration": { actual: 11, note: null, item: { class: "info", unit: "V", owner: "daq" } },
  });
  expect(proposal(exampleFacts())["kernel.parameter.init"]).toBeUndefined();
});

describe("what protects is expected to protect, whatever it does now [SEE-11]", () => {
  test("an open chain and a bypass are noted and never adopted as they are", () => {
    const chain = [{ id: "e stop", state: "open" as const }];
    const now = proposal(exampleFacts({ safety: { last: { ...last, chain, bypasses: ["lna"] } } }));
    expect(now["safety.chain.e-stop"]).toMatchObject({
      actual: "open",
      note: "chain-not-closed-now",
      item: { expect: { want: "closed" }, args: { element: "e stop" } },
    });
    expect(now["safety.bypasses"]).toMatchObject({ note: "bypassed-now", item: { expect: { want: 0 } } });
  });

  test("a daemon that is silent now is expected to speak", () => {
    const now = proposal(exampleFacts({ safety: { link: "silent" } }));
    expect(now["safety.link"]).toMatchObject({
      note: "not-seen-now",
      item: { expect: { want: "connected" } },
    });
    expect(now["safety.limits"]?.actual).toBeNull();
  });

  test("without a daemon nothing of safety is proposed", () => {
    for (const facts of [
      exampleFacts({ safety: { link: "absent", last: null, daemon: null, version: null } }),
      { ...exampleFacts(), safety: unknown("denied") },
    ])
      expect(proposeBaseline(facts).filter(({ item }) => item.kind.startsWith("safety-"))).toEqual([]);
  });

  test("a daemon that tells no name, version or limits gives no items of them", () => {
    const now = proposal(
      exampleFacts({ safety: { daemon: null, version: null, last: { ...last, limitsHash: null } } }),
    );
    expect(Object.keys(now).filter((id) => /^safety\.(daemon|limits)/.test(id))).toEqual([]);
  });
});

describe("units", () => {
  test("a failed one is shown, noted and expected of nobody", () => {
    expect(withUnits({ active: "failed" })["unit.daq.service"]).toMatchObject({
      note: "failed-now",
      actual: "failed",
      item: { class: "info" },
    });
  });

  test("a oneshot that remains is expected to remain; one that passed is no item", () => {
    expect(withUnits({ name: "setup.service", sub: "exited", enabled: "static" })).toMatchObject({
      "unit.setup.service": { item: { class: "config" } },
    });
    expect(Object.keys(withUnits({ active: "inactive" })).filter((id) => id.startsWith("unit."))).toEqual([]);
  });

  test("one that only its socket starts is for information", () => {
    const now = withUnits({ name: "cups.service", enabled: "static" }, { name: "cups.socket" });
    expect(now["unit.cups.service"]).toMatchObject({ note: "triggered", item: { class: "info" } });
    expect(now["unit.cups.socket"]).toMatchObject({ note: null, item: { class: "config" } });
    expect(
      withUnits({ name: "cups.service" }, { name: "cups.socket" })["unit.cups.service"]?.item.class,
    ).toBe("config");
    expect(withUnits({ name: "cups.service", enabled: "static" })["unit.cups.service"]?.item.class).toBe(
      "config",
    );
  });

  test("the daemon that is heard is safety, by its own name or by what such daemons are called", () => {
    const facts = (name: string) =>
      proposal(exampleFacts({ safety: { daemon: "guardian" }, units: { units: [{ ...unit, name }] } }))[
        `unit.${name}`
      ];
    expect(facts("guardian.service")?.item.class).toBe("safety");
    expect(facts("fm25-interlock.service")?.item.class).toBe("safety");
    expect(facts("guardian.socket")?.item.class).toBe("config");
    expect(facts("unsafetylike.service")?.item.class).toBe("config");
  });

  test.each([
    ["a transient unit", { name: "run-u12.service" }],
    ["a unit made at run time", { name: "job.service", enabled: "transient" }],
    ["a session", { name: "session-3.scope" }],
    ["a user's manager", { name: "user@1000.service" }],
    ["a login prompt", { name: "getty@tty1.service" }],
    ["a daemon that exits when idle", { name: "systemd-hostnamed.service" }],
    ["a target", { name: "multi-user.target" }],
    ["a unit without a file", { load: "not-found" }],
  ])("%s is no item", (_title, change) => {
    expect(Object.keys(withUnits(change)).filter((id) => id.startsWith("unit."))).toEqual([]);
  });

  test("names that an id cannot hold are written otherwise, and the argument stays exact", () => {
    const name = "mnt-a\\x2db.mount";
    expect(withUnits({ name })["unit.mnt-a-x2db.mount"]?.item.args.name).toBe(name);
  });
});

describe("a host as it is", () => {
  test("without NixOS it is adopted by everything else, with no toplevel [EXP-8]", () => {
    const facts: Facts = {
      ...exampleFacts({ host: { os: "other", osName: "Debian", osVersion: "12" } }),
      closures: unknown("not-nixos"),
    };
    const ids = all(facts);
    const adopted = adoptedManifest(facts, ids);
    expect(adopted).toMatchObject({ ok: true, manifest: { toplevel: null, closureDigest: null } });
    expect(ids.map(({ id }) => id)).toContain("host.os-version");
    expect(ids.map(({ id }) => id).filter((id) => id.startsWith("closure."))).toEqual([]);
  });

  test("of which nothing is known gives no item at all", () => {
    expect(proposeBaseline({})).toEqual([]);
    expect(adoptedManifest({}, [])).toMatchObject({ ok: false, refused: "nothing-counts" });
  });

  test("that waits for a reboot is noted", () => {
    const ref = { path: OTHER_TOPLEVEL, generation: null, sinceMs: null };
    for (const booted of [observed(ref), unknown("denied")]) {
      const facts = { ...exampleFacts(), closures: observed({ ...EXAMPLE_VALUES.closures, booted }) };
      expect(proposal(facts)["closure.booted"]).toMatchObject({
        note: "reboot-pending-now",
        item: { expect: { want: TOPLEVEL } },
      });
    }
  });

  test("with a full disk or a clock nobody keeps is noted", () => {
    const disk = EXAMPLE_VALUES.disks[0]!;
    const now = proposal(
      exampleFacts({
        disks: [
          { ...disk, freeBytes: 1 },
          { ...disk, mount: "/x", purpose: "other" },
          { ...disk, mount: "/esp", purpose: "esp", totalBytes: 0 },
        ],
        clock: { synchronised: false },
      }),
    );
    expect(now["disk.free/"]?.note).toBe("low-now");
    expect(now["disk.free/x"]).toBeUndefined();
    expect(now["disk.free/esp"]).toBeUndefined();
    expect(now["clock.synchronised"]).toMatchObject({
      note: "not-synchronised-now",
      item: { class: "info", expect: { want: true } },
    });
  });

  test("whose closure has no digest yet is adopted without", () => {
    const facts = exampleFacts({ closureDigests: [] as never });
    expect(adoptedManifest(facts, all(facts))).toMatchObject({ ok: true, manifest: { closureDigest: null } });
    expect(proposal({ ...facts, closureDigests: unknown("not-yet") })["closure.digest"]).toBeUndefined();
    const daq = { id: "unit.daq.service", class: "function" } as const;
    expect(adoptedManifest({ ...facts, closureDigests: unknown("not-yet") }, [daq])).toMatchObject({
      manifest: { closureDigest: null },
    });
  });

  test("whose device owners publish rarely, badly or without a unit", () => {
    const now = proposal(
      exampleFacts({
        provided: [
          { ...one, id: "old", ageMs: 10_000_000 },
          { ...one, id: "odd", quality: "suspect", unit: null },
          { ...one, id: "bad", quality: "bad" },
          { ...one, id: "none", value: null },
        ],
      }),
    );
    expect(now["provided.daq.old"]).toMatchObject({
      note: "not-published-often",
      item: { args: { maxAgeMs: "none" } },
    });
    expect(now["provided.daq.odd"]).toMatchObject({ note: "value-suspect" });
    expect(now["provided.daq.odd"]?.item).not.toHaveProperty("unit");
    expect(Object.keys(now).filter((id) => /bad|none/.test(id))).toEqual([]);
  });

  test("with odd kernel parameters", () => {
    const now = proposal(exampleFacts({ kernel: { parameters: ["=x", "quiet", "a=1", "a=2=3"] } }));
    expect(Object.keys(now).filter((id) => id.startsWith("kernel.parameter."))).toEqual([
      "kernel.parameter.a",
      "kernel.parameter.quiet",
    ]);
    expect(now["kernel.parameter.a"]).toMatchObject({ actual: "2=3", item: { expect: { want: "2=3" } } });
  });

  test("with a Nix that lacks a setting has no item of it", () => {
    expect(proposal(exampleFacts({ nix: { settings: {} } }))["nix.require-sigs"]).toBeUndefined();
  });
});

describe("adopting", () => {
  test("takes what a person kept, in the class they gave it", () => {
    const adopted = adoptedManifest(exampleFacts(), [{ id: "unit.daq.service", class: "function" }]);
    expect(adopted).toMatchObject({
      ok: true,
      manifest: { items: [{ id: "unit.daq.service", class: "function" }] },
    });
  });

  test("refuses an item that was not proposed", () => {
    expect(adoptedManifest(exampleFacts(), [{ id: "made.up", class: "info" }])).toEqual({
      ok: false,
      refused: "unknown-item",
      item: "made.up",
    });
  });

  test("refuses a baseline in which nothing counts, for it would be nominal without anything compared [EXP-4]", () => {
    const remark = { id: "unit.daq.service", class: "info" } as const;
    const nothing = { ok: false, refused: "nothing-counts", item: "" };
    expect(adoptedManifest(exampleFacts(), [remark])).toEqual(nothing);
    expect(adoptedManifest(exampleFacts(), [])).toEqual(nothing);
  });

  test("a name no item can hold makes no item", () => {
    expect(withUnits({ name: `${"x".repeat(240)}.service` })).not.toHaveProperty(
      `unit.${"x".repeat(240)}.service`,
    );
  });
});
