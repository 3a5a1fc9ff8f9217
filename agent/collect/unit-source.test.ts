import { afterEach, describe, expect, test } from "vitest";
import type { Received } from "#agent/dbus/message.ts";
import type { Value } from "#agent/dbus/signature.ts";
import { unitNameOf } from "#agent/dbus/systemd.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import type { System } from "#agent/system.ts";
import { type Answer, type FakeBus, fakeBus } from "#tests/fixtures/bus/fake-bus.ts";
import { fitting, isReported, isReportedMount, type Unit } from "./unit-choice.ts";
import { createUnitSource, type UnitSource } from "./unit-source.ts";

const PREFIX = "/org/freedesktop/systemd1/unit/";
type FakeUnit = {
  name: string;
  path: string;
  load?: string;
  active?: string;
  sub?: string;
  result?: string;
  restarts?: number;
};

/** systemd as far as the collector asks it: a list and five properties. */
function fakeSystemd(units: () => FakeUnit[], refuse: (call: Received) => boolean = () => false) {
  const buses: FakeBus[] = [];
  const answer = (call: Received): Answer => {
    if (refuse(call)) return { errorName: "org.freedesktop.DBus.Error.UnknownObject" };
    if (call.member === "AddMatch" || call.member === "Subscribe") return { signature: "", body: [] };
    if (call.member === "ListUnitsByPatterns")
      return { signature: "a(ssssssouso)", body: [units().map(row)] };
    return { signature: "v", body: [property(call, units())] };
  };
  const system: System = {
    ...linuxSystem("/nonexistent"),
    info: async () => ({ ok: true, value: { kind: "other", size: 0, modifiedMs: 0, changedMs: 0 } }),
    connect: async () => {
      const bus = fakeBus(answer);
      buses.push(bus);
      return { ok: true, value: bus.stream };
    },
  };
  const asked = () =>
    buses
      .flatMap(({ calls }) => calls)
      .flatMap((call) => (call.member === "Get" ? [`${call.path?.slice(PREFIX.length)}`] : []));
  return { system, buses, asked };
}

function row({ name, path, load = "loaded", active = "active", sub = "running" }: FakeUnit): Value {
  return [name, "", load, active, sub, "", PREFIX + path, 0, "", "/"];
}

function property(call: Received, units: readonly FakeUnit[]): Value {
  const [, name] = call.readBody();
  const unit = units.find((one) => PREFIX + one.path === call.path);
  const values: Record<string, Value> = {
    SystemState: { signature: "s", value: "degraded" },
    UnitFileState: { signature: "s", value: "enabled" },
    StateChangeTimestamp: { signature: "t", value: 1_764_921_600_123_456n },
    Result: { signature: "s", value: unit?.result ?? "success" },
    NRestarts: { signature: "u", value: unit?.restarts ?? 0 },
    ExecMainStatus: { signature: "i", value: 0 },
    NTPSynchronized: { signature: "b", value: true },
  };
  return values[String(name)] ?? { signature: "s", value: "" };
}

const moved = (path: string) =>
  ({
    type: "signal",
    serial: 1,
    path: PREFIX + path,
    interface: "org.freedesktop.DBus.Properties",
    member: "PropertiesChanged",
    signature: "sa{sv}as",
    body: ["org.freedesktop.systemd1.Unit", [], []],
  }) as const;

let source: UnitSource;
afterEach(() => source.stop());

async function read(): Promise<{ systemState: string; units: Unit[]; more: number }> {
  const fact = await source.read();
  if (fact.state !== "observed") throw new Error(JSON.stringify(fact));
  return fact.value;
}

describe("units over D-Bus [SEE-12]", () => {
  const units: FakeUnit[] = [
    {
      name: "safetyd.service",
      path: "safetyd_2eservice",
      active: "failed",
      sub: "failed",
      result: "exit-code",
      restarts: 5,
    },
    { name: "dbus.socket", path: "dbus_2esocket" },
    { name: "gone.service", path: "gone_2eservice", load: "not-found", active: "inactive", sub: "dead" },
    { name: "user@1000.service", path: "user_401000_2eservice" },
  ];

  test("states are systemd's own words; names without a unit and people's sessions are left out", async () => {
    source = createUnitSource(fakeSystemd(() => units).system, () => {});
    expect(await read()).toEqual({
      systemState: "degraded",
      more: 0,
      units: [
        expect.objectContaining({ name: "dbus.socket", active: "active", restarts: 0 }),
        {
          name: "safetyd.service",
          load: "loaded",
          active: "failed",
          sub: "failed",
          result: "exit-code",
          enabled: "enabled",
          restarts: 5,
          mainStatus: 0,
          sinceMs: 1_764_921_600_123,
        },
      ],
    });
  });

  test("only a unit that moved is asked about again, and without a signal nobody is", async () => {
    const made = fakeSystemd(() => units);
    source = createUnitSource(made.system, () => {});
    let wake = () => {};
    source.start(() => wake());
    await read();
    const before = made.asked().length;
    await read();
    expect(made.asked().length).toBe(before);
    const told = new Promise<void>((resolve) => {
      wake = resolve;
    });
    made.buses[0]?.send(moved("dbus_2esocket"));
    await told;
    await read();
    expect(
      made
        .asked()
        .slice(before)
        .filter((path) => path !== ""),
    ).toEqual(Array(3).fill("dbus_2esocket"));
  });

  test("a restart that ends in the same state is seen by its signal", async () => {
    let restarts = 0;
    const made = fakeSystemd(() => [{ name: "a.service", path: "a_2eservice", restarts }]);
    source = createUnitSource(made.system, () => {});
    const told = new Promise<void>((resolve) => source.start(resolve));
    expect((await read()).units[0]?.restarts).toBe(0);
    restarts = 1;
    made.buses[0]?.send(moved("a_2eservice"));
    await told;
    expect((await read()).units[0]?.restarts).toBe(1);
  });

  test("a unit that systemd does not know any more is named and left out, the others stay", async () => {
    const notes: string[] = [];
    const made = fakeSystemd(
      () => units,
      (call) => call.path === `${PREFIX}safetyd_2eservice`,
    );
    source = createUnitSource(made.system, (from) => notes.push(from));
    expect((await read()).units.map((one) => one.name)).toEqual(["dbus.socket"]);
    expect(notes).toEqual(["safetyd.service"]);
  });

  test("a bus that dies is unknown at once and connected anew at the next question", async () => {
    const made = fakeSystemd(() => units);
    source = createUnitSource(made.system, () => {});
    const told = new Promise<void>((resolve) => source.start(resolve));
    await read();
    made.buses[0]?.end();
    await told;
    expect((await read()).units).toHaveLength(2);
    expect(made.buses).toHaveLength(2);
  });

  test("a bus that refuses is unknown with the bus's own word", async () => {
    source = createUnitSource(
      fakeSystemd(
        () => units,
        () => true,
      ).system,
      () => {},
    );
    expect(await source.read()).toEqual({
      state: "unknown",
      reason: { code: "bus-error", params: { detail: "org.freedesktop.DBus.Error.UnknownObject" } },
    });
  });

  test("the kernel clock is asked of timedate1", async () => {
    source = createUnitSource(fakeSystemd(() => []).system, () => {});
    expect(await source.clockSynchronised()).toBe(true);
  });
});

test("object paths give back the unit names", () => {
  source = createUnitSource(linuxSystem("/nonexistent"), () => {});
  expect(unitNameOf(`${PREFIX}getty_40tty1_2eservice`)).toBe("getty@tty1.service");
});

describe("which units are reported", () => {
  test.each([
    ["sshd.service", true],
    ["data-raw.mount", true],
    ["session-3.scope", false],
    ["user@1000.service", false],
    ["run-r1f2e.service", false],
    ["dev-sda.device", false],
  ])("%s: %s", (name, expected) => {
    expect(isReported(name)).toBe(expected);
  });

  const unit = (name: string, changes: Partial<Unit> = {}): Unit => ({
    name,
    load: "loaded",
    active: "active",
    sub: "",
    result: "",
    enabled: "",
    restarts: 0,
    mainStatus: 0,
    sinceMs: null,
    ...changes,
  });

  test("when not all fit, failed ones stay and the number left out is told", () => {
    const many = Array.from({ length: 700 }, (_, at) => unit(`u${String(at).padStart(3, "0")}.service`));
    const { units, more } = fitting([...many, unit("z.service", { active: "failed" })]);
    expect(more).toBe(101);
    expect(units.at(-1)?.name).toBe("z.service");
  });

  test("a mount without a unit file is news only when it failed", () => {
    expect(isReportedMount(unit("a.mount"))).toBe(false);
    expect(isReportedMount(unit("a.mount", { active: "failed" }))).toBe(true);
    expect(isReportedMount(unit("a.mount", { enabled: "generated" }))).toBe(true);
  });
});
