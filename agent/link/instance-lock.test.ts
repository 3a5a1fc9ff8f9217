import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { lockInstance, ownerText } from "#agent/link/instance-lock.ts";

const BOOT = "3f1e8a52-6f0e-4a77-9d6c-0b8a5d1c2e4f";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-lock-"));
});
const path = () => join(folder, "agent.lock");
function ticksOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
const living = () => ({ pid: process.ppid, startTicks: ticksOf(process.ppid), bootId: BOOT });

test("a living owner keeps it; given back, nothing is left [K-07]", async () => {
  symlinkSync(ownerText(living()), path());
  await expect(lockInstance(folder, BOOT)).rejects.toMatchObject({ code: "already-running" });
  expect(readlinkSync(path())).toBe(ownerText(living()));
  const mine = mkdtempSync(join(tmpdir(), "fiducial-lock-"));
  const unlock = await lockInstance(mine, BOOT);
  expect(readdirSync(mine)).toEqual(["agent.lock"]);
  await unlock();
  expect(readdirSync(mine)).toEqual([]);
});

test.each([
  ["of another boot", () => symlinkSync(ownerText({ ...living(), bootId: "before" }), path())],
  [
    "whose number another process has now",
    () => symlinkSync(ownerText({ ...living(), startTicks: "1" }), path()),
  ],
  ["that no agent wrote", () => symlinkSync("nobody", path())],
  ["that is a file", () => writeFileSync(path(), "")],
])("an owner %s holds nothing", async (_, leave) => {
  leave();
  const unlock = await lockInstance(folder, BOOT);
  expect(readlinkSync(path())).toContain(`${process.pid} `);
  await unlock();
  expect(readdirSync(folder)).toEqual([]);
});

test("a takeover that died half way is taken over itself; one that lives is waited for and then told", async () => {
  const dead = ownerText({ ...living(), bootId: "before" });
  symlinkSync(dead, path());
  symlinkSync(dead, `${path()}.takeover`);
  await (await lockInstance(folder, BOOT))();
  expect(readdirSync(folder)).toEqual([]);
  symlinkSync(dead, path());
  symlinkSync(ownerText(living()), `${path()}.takeover`);
  await expect(lockInstance(folder, BOOT)).rejects.toMatchObject({ code: "already-running" });
  expect(readlinkSync(path()), "and nothing was replaced").toBe(dead);
});

test("a starter that saw a dead owner and was held up does not replace the living one that came meanwhile [K-07]", async () => {
  const dead = ownerText({ ...living(), bootId: "before" });
  symlinkSync(dead, path());
  // Somebody else is at it: meanwhile it becomes its owner, and is done.
  symlinkSync(ownerText(living()), `${path()}.takeover`);
  const late = lockInstance(folder, BOOT);
  setTimeout(() => {
    unlinkSync(path());
    symlinkSync(ownerText(living()), path());
    unlinkSync(`${path()}.takeover`);
  }, 100);
  await expect(late).rejects.toMatchObject({ code: "already-running" });
  expect(readlinkSync(path())).toBe(ownerText(living()));
});

test("an owner fits an inode: a disk without a free block keeps nobody from beginning", () => {
  // ext4: a link's target of up to 59 bytes lies in the inode. Process ids end at 2^22; 10^11 ticks are thirty years up.
  expect(ownerText({ pid: 2 ** 22, startTicks: "9".repeat(11), bootId: BOOT }).length).toBeLessThan(60);
});
