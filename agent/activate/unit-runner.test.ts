import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ballastIn } from "#agent/activate/ballast.ts";
import { FOLDERS } from "#agent/activate/folders.ts";
import { SEARCH_PATH } from "#agent/activate/search-path.ts";
import { unitSwitcher } from "#agent/activate/switcher.ts";
import {
  CHANGE_UNITS,
  isRunning,
  SWITCH_UNITS,
  startChangeUnit,
  startDeadline,
  startSwitchUnit,
  stopDeadline,
  stopUnits,
} from "#agent/activate/unit-runner.ts";
import { UnitsRoom } from "#tests/support/units-room.ts";

let room: UnitsRoom;
beforeEach(() => {
  room = new UnitsRoom();
});
afterEach(() => room.remove());

describe("units that exist while a change runs", () => {
  test("the change's own is started again when it is killed, and has the search path of the units", async () => {
    expect(await startChangeUnit(room.system, ["sleep", "300"])).toEqual({ ok: true });
    expect(await isRunning(room.system, CHANGE_UNITS)).toBe(true);
    const [started] = room.started();
    expect(started).toContain("--property=Restart=on-failure");
    // A full disk may last longer than five starts: who gave up would leave a scanner half way back (F5).
    expect(started).toContain("--property=StartLimitIntervalSec=0");
    expect(started).toContain(`--setenv=PATH=${SEARCH_PATH}`);
    // Two are never there: whoever comes second is told, and looks who has the journal.
    expect(await startChangeUnit(room.system, ["sleep", "300"])).toMatchObject({ ok: false, again: true });
    await stopUnits(room.system, CHANGE_UNITS);
    expect(await isRunning(room.system, CHANGE_UNITS)).toBe(false);
  });

  test("a name that systemd does not let go of holds nothing up: another is taken", async () => {
    room.keepName("fiducial-switch.service");
    expect(await startSwitchUnit(room.system, ["sleep", "300"])).toEqual({ ok: true });
    expect(await isRunning(room.system, SWITCH_UNITS)).toBe(true);
    expect(room.started().map((line) => line.split(" ")[0])).toEqual([
      "fiducial-switch.service",
      `fiducial-switch-${process.pid}-1.service`,
    ]);
    // Under whichever name it runs, there is one: the next switch ends it first.
    await stopUnits(room.system, SWITCH_UNITS);
    expect(await isRunning(room.system, SWITCH_UNITS)).toBe(false);
    room.keepName("fiducial-deadline.service");
    expect(await startDeadline(room.system, 1_500, ["false"])).toEqual({ ok: true });
    expect(room.started().at(-1)).toContain("--on-active=2s");
    expect(await isRunning(room.system, "fiducial-deadline*.service")).toBe(true);
    expect(await stopDeadline(room.system)).toEqual({ ok: true });
    expect(await isRunning(room.system, "fiducial-deadline*.service")).toBe(false);
  });

  test("without systemd nothing is waited for, and it is said", async () => {
    const system = {
      ...room.system,
      run: async () => ({ ok: false, problem: "missing", detail: "no systemd" }) as const,
    };
    expect(await startChangeUnit(system, ["true"])).toMatchObject({ ok: false, again: false });
    expect(await startSwitchUnit(system, ["true"])).toMatchObject({ ok: false });
    expect(await isRunning(system, SWITCH_UNITS)).toBe(false);
  });
});

describe("the switch, in a unit of its own", () => {
  const closure = () => join(room.folder, "store", "0123456789abcdfghijklmnpqrsvwxyz-system");
  const state = () => join(room.folder, "state");
  /** A closure whose script is this, and what switches to it. */
  const switchTo = (script: string, limitMs = 20_000) => {
    for (const folder of [state(), join(closure(), "bin")]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(closure(), "bin/switch-to-configuration"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return unitSwitcher(room.system, { ...FOLDERS, state: state() }).run(closure(), limitMs);
  };
  const left = () => JSON.parse(readFileSync(join(state(), "switch-result.json"), "utf8")) as object;

  test.each([
    ["exit 0", 0],
    ["exit 4", 4],
    ["exit 100", 100],
    ["kill -9 $$", null],
  ])("%s: how it ended is what it left [L6]", async (script, status) => {
    expect(await switchTo(script)).toBe(status);
    expect(left()).toEqual({ token: expect.any(String), toplevel: closure(), status });
    expect(readdirSync(state())).toEqual(["switch-result.json"]);
    expect(statSync(join(state(), "switch-result.json")).mode & 0o777).toBe(0o600);
  });

  test("is asked for what runs and never for the boot loader", async () => {
    expect(await switchTo(`[ "$*" = test ]`)).toBe(0);
  });

  test("a script that is not there is told as one that failed", async () => {
    mkdirSync(state(), { recursive: true });
    const { run } = unitSwitcher(room.system, { ...FOLDERS, state: state() });
    expect(await run(closure(), 20_000)).toBe(127);
    expect(await run('/nix/store/","status":0,"x":"', 20_000)).toBeNull();
  });

  test("a result of another switch is not its own", async () => {
    const other = JSON.stringify({ token: "other", toplevel: closure(), status: 0 });
    expect(
      await switchTo(`echo '${other}' >${state()}/switch-result.json; kill -9 $PPID; sleep 300`, 2_500),
    ).toBeNull();
    expect(left()).toMatchObject({ token: "other" });
  });

  test("killed without a word, or not at its end in time: nobody knows", async () => {
    expect(await switchTo("kill -9 $PPID")).toBeNull();
    expect(await switchTo("exec sleep 300", 600)).toBeNull();
    expect(await isRunning(room.system, SWITCH_UNITS)).toBe(false);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "on a disk with no byte left it gives the ballast for its word",
    async () => {
      mkdirSync(state(), { recursive: true });
      expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", state()]).status).toBe(0);
      try {
        const sizes = { ballast: 1024 * 1024, "ballast.last": 1024 * 1024 };
        await ballastIn(state(), () => {}, sizes).restore();
        expect(await switchTo(`head -c 64M /dev/zero >${state()}/filling; exit 4`)).toBe(4);
        expect(readdirSync(state()).sort()).toEqual(["ballast.last", "filling", "switch-result.json"]);
      } finally {
        spawnSync("umount", [state()]);
      }
    },
  );

  test("what systemd has not loaded it is not asked about", async () => {
    expect(await isRunning(room.system, CHANGE_UNITS)).toBe(false);
    expect(await switchTo("exit 0")).toBe(0);
    expect(room.asked()).toEqual([]);
    // Where systemd still has the last one loaded, the next switch takes it away.
    expect(await switchTo("exit 0")).toBe(0);
    expect(room.asked()).toEqual([`stop ${SWITCH_UNITS}`]);
  });
});
