import { describe, expect, test } from "vitest";
import { compareIntact } from "#core/finding/compare.ts";
import { EXAMPLE_DEVICES } from "#core/report/example-devices.ts";
import { EXAMPLE_VALUES, exampleFacts } from "#core/report/example-facts.ts";
import { observed, unknown } from "#core/report/fact.ts";
import type { FactKind } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";
import { adoptedManifest, proposeBaseline } from "./adopt.ts";
import { proposeDevices } from "./propose-devices.ts";

const { pci, usb, gpus } = EXAMPLE_DEVICES;
const [card, daq] = pci;
const [arduino] = usb;
const proposal = (facts: Facts) =>
  Object.fromEntries(
    proposeDevices(facts).map(({ item, note }) => [item.id, { ...item, note: note?.code ?? null }]),
  );
const only = (kind: FactKind, value: unknown) => ({ ...exampleFacts(), [kind]: observed(value) }) as Facts;

describe("devices as they are delivered [EXP-8, SEE-4]", () => {
  test("a card with its driver is function; bridges and what has no driver are no items [F03]", () => {
    const bridge = { ...card, class: "060400", device: "7ab0", driver: "pcieport" };
    const items = proposal(only("pci", [...pci, bridge]));
    expect(items["pci.1093:717f.driver"]).toMatchObject({
      class: "function",
      expect: { op: "eq", want: "ni_pcimio" },
    });
    expect(Object.keys(items).filter((id) => id.startsWith("pci."))).toEqual([
      "pci.10de:2531.driver",
      "pci.1093:717f.driver",
      "pci.8086:1533.driver",
    ]);
  });

  test("several cards of a kind are counted, and one without a driver leaves no driver to expect", () => {
    const second = { ...daq, address: "0000:05:00.0" };
    expect(proposal(only("pci", [daq, second]))["pci.1093:717f.count"]).toMatchObject({
      expect: { want: 2 },
    });
    expect(
      Object.keys(proposal(only("pci", [daq, { ...second, driver: null }]))).filter((id) =>
        id.startsWith("pci."),
      ),
    ).toEqual(["pci.1093:717f.count"]);
  });

  test("a board that speaks over USB is function; what people plug in and out is a remark", () => {
    const stick = {
      ...arduino,
      port: "1-5",
      vendor: "0781",
      product: "5583",
      serial: null,
      drivers: ["usb-storage"],
    };
    const hub = { ...arduino, port: "1-6", vendor: "05e3", drivers: ["hub"] };
    const items = proposal(only("usb", [arduino, stick, hub, { ...stick, product: "0001", drivers: [] }]));
    expect(items["usb.2341:0042.7563331313335.driver"]).toMatchObject({ class: "function", note: null });
    expect(items["usb.0781:5583.driver"]).toMatchObject({ class: "info", note: "may-be-unplugged" });
    expect(Object.keys(items).filter((id) => id.startsWith("usb."))).toHaveLength(2);
    const twins = [
      { ...stick, drivers: ["ch341"] },
      { ...stick, port: "1-7", drivers: [] },
    ];
    expect(Object.keys(proposal(only("usb", twins))).filter((id) => id.startsWith("usb."))).toEqual([]);
  });

  test("a port's number is chance, a name by identity is not [F04]", () => {
    expect(proposal(exampleFacts())).toMatchObject({
      "node/dev/ttyACM0": { class: "info", note: "numbered-by-chance" },
      "node/dev/serial/by-id/usb-Arduino_7563331313335-if00": { class: "function", note: null },
      "node/dev/comedi0": { class: "function" },
    });
  });
});

describe("a graphics card [EXP-8, SEE-5]", () => {
  test("is expected without a problem; one of this moment is shown and expected of nobody [F01]", () => {
    expect(proposal(exampleFacts())["gpu.problem"]).toMatchObject({
      class: "function",
      expect: { want: "none" },
      note: null,
    });
    const items = proposal(exampleFacts({ gpus: { problem: "driver-library-mismatch" } }));
    expect(items["gpu.problem"]).toMatchObject({ class: "info", note: "failed-now" });
    expect(items["gpu.moduleVersion"]).toMatchObject({ class: "config", note: null });
    expect(proposal(exampleFacts({ gpus: { problem: "not-answering" } }))["gpu.problem"]).toBeUndefined();
  });

  test("gives no item about Xid where nobody may read of it, and none at all without its driver", () => {
    const cards = [{ ...gpus.cards[0]!, xid: null }];
    expect(proposal(exampleFacts({ gpus: { cards } }))["gpu.xid"]).toBeUndefined();
    expect(proposal(exampleFacts())["gpu.xid"]).toMatchObject({ expect: { want: "none" } });
    const none = proposal(exampleFacts({ gpus: { moduleVersion: null } }));
    expect(Object.keys(none).filter((id) => id.startsWith("gpu."))).toEqual([]);
  });
});

describe("the computer under it [EXP-8, SEE-12]", () => {
  test("memory may shrink a little; errors that were counted are noted", () => {
    const items = proposal(exampleFacts({ memory: { uncorrectedErrors: 2 } }));
    expect(items["memory.total"]).toMatchObject({ expect: { want: { min: 61_979, max: null } } });
    expect(items["memory.uncorrected-errors"]).toMatchObject({ expect: { want: 0 }, note: "failed-now" });
    expect(
      proposal(exampleFacts({ memory: { uncorrectedErrors: 0 } }))["memory.uncorrected-errors"],
    ).toMatchObject({
      note: null,
    });
  });

  test("firmware and secure boot are configuration, where the machine tells them", () => {
    expect(proposal(exampleFacts())).toMatchObject({
      "firmware.secureBoot": { class: "config", expect: { want: false } },
      "firmware.version": { expect: { want: "1.70" } },
    });
    const silent = proposal(exampleFacts({ firmware: { secureBoot: null, version: null } }));
    expect(Object.keys(silent).filter((id) => id.startsWith("firmware."))).toEqual([]);
  });

  test("module files are expected to match, and nothing is where they could not be compared", () => {
    const differs = (fact: unknown) =>
      proposal(only("modules", { ...EXAMPLE_VALUES.modules, differsFromCurrentTree: fact }))[
        "modules.match.current"
      ];
    expect(differs(observed([]))).toMatchObject({ note: null });
    expect(differs(observed(["nvidia"]))).toMatchObject({ note: "reboot-pending-now" });
    expect(differs(unknown("no-module-tree"))).toBeUndefined();
  });
});

test("what could not be seen is proposed by nobody [SEE-14]", () => {
  const facts = Object.fromEntries(
    Object.keys(exampleFacts()).map((kind) => [kind, unknown("denied")]),
  ) as Facts;
  expect(proposeDevices(facts)).toEqual([]);
  expect(proposeDevices({})).toEqual([]);
});

test("yesterday's facts are adopted and compared as before: a manifest from them has no item about devices", () => {
  const {
    pci: _p,
    usb: _u,
    deviceNodes: _n,
    gpus: _g,
    memory: _m,
    firmware: _f,
    change: _c,
    ...old
  } = exampleFacts();
  const chosen = proposeBaseline(old).map(({ item }) => ({ id: item.id, class: item.class }));
  const adopted = adoptedManifest(old, chosen);
  if (!adopted.ok) throw new Error(adopted.item);
  expect(
    compareIntact(adopted.manifest, old, { observedAgoMs: 0 }).every(({ finding }) => finding === null),
  ).toBe(true);
  const today = adoptedManifest(
    exampleFacts(),
    proposeBaseline(exampleFacts()).map(({ item }) => ({ id: item.id, class: item.class })),
  );
  if (!today.ok) throw new Error(today.item);
  const missing = compareIntact(today.manifest, old, { observedAgoMs: 0 }).flatMap(
    ({ finding }) => finding ?? [],
  );
  expect(missing.length).toBeGreaterThan(10);
  expect(new Set(missing.map(({ problem }) => problem))).toEqual(new Set(["not-reported"]));
});
