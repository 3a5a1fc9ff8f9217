import {
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FOLDERS, type Folders } from "#agent/activate/folders.ts";
import { lookAtHost } from "#agent/activate/look.ts";
import { linuxSystem } from "#agent/linux-system.ts";

let room: string;
let folders: Folders;
beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), "fiducial-look-"));
  const below = (name: string) => join(room, name);
  folders = {
    ...FOLDERS,
    links: below("run"),
    run: below("run/fiducial"),
    profiles: below("profiles"),
    gcRoots: below("roots"),
    store: below("store"),
  };
  for (const one of [folders.run, folders.profiles, folders.store]) mkdirSync(one, { recursive: true });
});
afterEach(() => rmSync(room, { recursive: true, force: true }));

const look = () => lookAtHost(linuxSystem(), folders);
const top = (name: string) => join(folders.store, `hash-${name}`);
function file(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

describe("what the host shows", () => {
  test("links are resolved to the closure; one that leads nowhere is not to be read", async () => {
    mkdirSync(top("a"));
    symlinkSync(top("a"), join(folders.profiles, "system-1-link"));
    symlinkSync("system-1-link", join(folders.profiles, "system"));
    symlinkSync(top("a"), join(folders.links, "current-system"));
    symlinkSync(top("gone"), join(folders.links, "booted-system"));
    expect(await look().seen()).toEqual({
      bootId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      current: top("a"),
      booted: null,
      profile: top("a"),
    });
  });

  test("the parts that decide about a live switch, by the files they lead to", async () => {
    file(join(room, "linux/bzImage"), "");
    mkdirSync(top("a"));
    symlinkSync(join(room, "linux/bzImage"), join(top("a"), "kernel"));
    file(join(top("a"), "switch-inhibitors"), '{"dbus":"broker"}');
    expect(await look().switchFacts(top("a"))).toMatchObject({
      toplevel: top("a"),
      kernel: join(room, "linux/bzImage"),
      initrd: null,
      inhibitors: { dbus: "broker" },
    });
    file(join(top("a"), "switch-inhibitors"), "dbus: broker");
    expect((await look().switchFacts(top("a"))).inhibitors).toEqual({ text: "dbus: broker" });
    expect((await look().switchFacts(top("b"))).inhibitors).toBeNull();
  });

  test("the age of the agent's sign is by the clock that nobody sets, from when it was seen to change; none is none [F7]", async () => {
    let nowMs = 50_000;
    const watched = lookAtHost({ ...linuxSystem(), monotonicMs: () => nowMs }, folders);
    const path = join(folders.run, "agent.alive");
    const sign = (at: string) => utimesSync(path, new Date(at), new Date(at));
    expect(await watched.agentAgeMs()).toBeNull();
    writeFileSync(path, "");
    expect(await watched.agentAgeMs(), "of before").toBe(Number.POSITIVE_INFINITY);
    for (const year of ["2016", "2036", "2026"]) {
      sign(`${year}-11-23`);
      expect(await watched.agentAgeMs(), year).toBe(0);
      nowMs += 7_000;
      expect(await watched.agentAgeMs(), year).toBe(7_000);
    }
  });

  test("the guard follows to what was confirmed, and stays where that brings none [ACT-8]", async () => {
    const programs = join(folders.store, "hash-fiducial/lib/fiducial");
    const unit = join(top("a"), "etc/systemd/system/fiducial-activate.service");
    const guard = join(folders.gcRoots, "guard");
    file(unit, `[Service]\nExecStart=/bin/node ${programs}/fiducial-activate.mjs serve\n`);
    await look().moveGuard(top("a"));
    expect(() => readlinkSync(guard), "named, but not there").toThrow();
    file(join(programs, "fiducial-activate.mjs"), "");
    await look().moveGuard(top("a"));
    expect(readlinkSync(guard)).toBe(programs);
    await look().moveGuard(top("b"));
    file(
      join(top("c"), "etc/systemd/system/fiducial-activate.service"),
      "ExecStart=/tmp/fiducial-activate.mjs serve\n",
    );
    await look().moveGuard(top("c"));
    expect(readlinkSync(guard)).toBe(programs);
  });
});
