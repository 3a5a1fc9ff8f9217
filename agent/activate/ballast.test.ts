import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ballastIn, withRoom, writeWithRoom } from "#agent/activate/ballast.ts";
import { FOLDERS } from "#agent/activate/folders.ts";
import { nixStore } from "#agent/activate/nix-store.ts";
import { folderRecords } from "#agent/activate/records.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { FIRST_JOURNAL } from "#core/change/journal.ts";

const MEGABYTE = 1024 * 1024;
const SMALL = { ballast: MEGABYTE, "ballast.last": MEGABYTE };
const lies = (portion: string) => existsSync(join(state, portion));
const isRoot = process.getuid?.() === 0;

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "fiducial-ballast-"));
});
afterEach(() => {
  if (isRoot) spawnSync("umount", [state], { stdio: "ignore" });
  rmSync(state, { recursive: true, force: true });
});

const full = (code: string) => Object.assign(new Error(code), { code });

describe("a full disk does not keep a change from being written down [ACT-3]", () => {
  test.each([
    ["ENOSPC", "ballast", 2],
    ["EDQUOT", "ballast", 2],
    ["ENOSPC", "ballast.last", 3],
  ])("on %s the ballast goes and it is done once more, until %s is gone", async (code, until, most) => {
    await ballastIn(state, () => {}, SMALL).restore();
    expect([lies("ballast"), lies("ballast.last")]).toEqual([true, true]);
    let tries = 0;
    const action = async () => {
      tries += 1;
      if (lies(until)) throw full(code);
      return tries;
    };
    expect(await withRoom(state, action)).toBe(most);
    expect(lies("ballast.last")).toBe(until === "ballast");
  });

  test("going back gives the first portion alone: a disk that is filled again still takes the journal [F5]", async () => {
    const ballast = ballastIn(state, () => {}, SMALL);
    await ballast.restore();
    await ballast.free();
    expect([lies("ballast"), lies("ballast.last")]).toEqual([false, true]);
  });

  test("what still does not fit, and every other trouble, is told", async () => {
    await expect(withRoom(state, async () => Promise.reject(full("ENOSPC")))).rejects.toThrow("ENOSPC");
    await ballastIn(state, () => {}, SMALL).restore();
    await expect(withRoom(state, async () => Promise.reject(full("EROFS")))).rejects.toThrow("EROFS");
    expect(lies("ballast")).toBe(true);
  });

  test.skipIf(!isRoot)("on a real file system with no byte left, the journal is written", async () => {
    mkdirSync(state, { recursive: true });
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", state]).status).toBe(0);
    await ballastIn(state, () => {}, SMALL).restore();
    const { bavail, bsize } = statfsSync(state);
    writeFileSync(join(state, "filling"), Buffer.alloc(bavail * bsize));
    expect(statfsSync(state).bavail).toBe(0);
    const records = folderRecords({ state, run: state }, () => {});
    await records.saveJournal({ ...FIRST_JOURNAL, sinceMs: 7 });
    expect(await records.journal()).toMatchObject({ sinceMs: 7 });
    expect([lies("ballast"), lies("ballast.last")]).toEqual([false, true]);
    const fillAgain = (name: string) =>
      writeFileSync(join(state, name), Buffer.alloc(statfsSync(state).bavail * bsize));
    fillAgain("more");
    await records.saveJournal({ ...FIRST_JOURNAL, sinceMs: 8 });
    expect([lies("ballast"), lies("ballast.last")]).toEqual([false, false]);
    // Nothing is left to give: now it is an error, and the old file is whole.
    fillAgain("all");
    const written = writeWithRoom(state, join(state, "journal.json"), "x".repeat(MEGABYTE));
    await expect(written).rejects.toMatchObject({ code: "ENOSPC" });
    expect(readFileSync(join(state, "journal.json"), "utf8")).toContain('"sinceMs":8');
    // And no ballast is laid down again on a disk this full.
    await ballastIn(state, () => {}, SMALL).restore();
    expect(lies("ballast")).toBe(false);
  });

  test.skipIf(!isRoot)("nor the root of what is to be kept from being set", async () => {
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", state]).status).toBe(0);
    const folders = { ...FOLDERS, state, gcRoots: join(state, "gcroots") };
    mkdirSync(folders.gcRoots);
    await ballastIn(state, () => {}, SMALL).restore();
    const { bavail, bsize } = statfsSync(state);
    writeFileSync(join(state, "filling"), Buffer.alloc(bavail * bsize));
    const store = nixStore({ system: linuxSystem(), folders, bootId: "b", trustedKeys: [] });
    // Too long for the name alone to hold it.
    const toplevel = `/nix/store/${"x".repeat(200)}`;
    await store.root("target", toplevel);
    expect(readlinkSync(join(folders.gcRoots, "target"))).toBe(toplevel);
    expect(lies("ballast")).toBe(false);
  });
});
