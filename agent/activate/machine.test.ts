import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Host } from "#agent/activate/host.ts";
import { carryOn } from "#agent/activate/machine.ts";
import { CHANGE_UNITS, isRunning, startChangeUnit } from "#agent/activate/unit-runner.ts";
import { ownerText } from "#agent/link/instance-lock.ts";
import { examplePlan } from "#core/change/example-plan.ts";
import type { Journal } from "#core/change/journal.ts";
import { ActivatorRoom } from "#tests/support/activator-room.ts";
import { UnitsRoom } from "#tests/support/units-room.ts";

let room: ActivatorRoom;
let units: UnitsRoom;
let host: Host;
beforeEach(() => {
  room = new ActivatorRoom();
  units = new UnitsRoom();
  host = {
    ...room.host().host,
    system: units.system,
    command: [units.program("activator", "exec sleep 300")],
  };
});
afterEach(() => {
  units.remove();
  room.remove();
});

const MOVING: Journal = { step: "copy", plan: examplePlan(), sinceMs: 0 };

/** The lock of the journal as another living process holds it: the one that started this one. */
function heldByAnother(): void {
  const pid = process.ppid;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  const owner = ownerText({ pid, bootId: host.bootId, startTicks });
  symlinkSync(owner, join(room.folders.state, "agent.lock"));
}

describe("a change is never left to nobody [ACT-3]", () => {
  test("its unit is started, and the one that has the journal is left alone", async () => {
    await carryOn(host, MOVING);
    expect(await isRunning(units.system, CHANGE_UNITS)).toBe(true);
    heldByAnother();
    await carryOn(host, MOVING);
    expect(units.started()).toHaveLength(1);
  });

  test("one that is at its end has it no more: it is waited for, and another is started", async () => {
    await startChangeUnit(units.system, ["sleep", "0.7"]);
    await carryOn(host, MOVING);
    expect(units.started()).toHaveLength(2);
    expect(await isRunning(units.system, CHANGE_UNITS)).toBe(true);
  });

  test("systemd that refuses for a moment is asked again", async () => {
    units.takeNextName();
    await carryOn(host, MOVING);
    expect(units.started()).toHaveLength(2);
    expect(await isRunning(units.system, CHANGE_UNITS)).toBe(true);
  });

  test("one that has ended and that systemd does not let go of, maybe of another version, is left where it is", async () => {
    units.keepName("fiducial-change.service");
    await carryOn(host, MOVING);
    expect(await isRunning(units.system, CHANGE_UNITS)).toBe(true);
    expect(units.started().map((line) => line.split(" ")[0])).toEqual([
      "fiducial-change.service",
      `fiducial-change-${process.pid}-1.service`,
    ]);
    heldByAnother();
    await carryOn(host, MOVING);
    expect(units.started()).toHaveLength(2);
  });

  test("what does not move starts nothing", async () => {
    await carryOn(host, { step: "rest", sinceMs: 0, last: null });
    expect(units.started()).toEqual([]);
  });
});
