import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sweepDrafts } from "#agent/activate/sweep.ts";

let room: string;
beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), "fiducial-sweep-"));
});
afterEach(() => rmSync(room, { recursive: true, force: true }));

test("what a killed process left half written goes; a living one's, and every whole file, stays [I9]", async () => {
  const folders = { state: join(room, "state"), gcRoots: join(room, "roots") };
  await sweepDrafts(folders);
  for (const one of Object.values(folders)) mkdirSync(one);
  const dead = spawnSync("true").pid;
  const kept = ["journal.json", "agent.lock", `.journal.json.${process.pid}.1.unfinished`];
  const left = [`.journal.json.${dead}.7.unfinished`, `agent.lock.${dead}`, `agent.lock.takeover.${dead}`];
  for (const name of [...kept, ...left]) writeFileSync(join(folders.state, name), "");
  symlinkSync("/nix/store/x", join(folders.gcRoots, "from"));
  symlinkSync("/nix/store/y", join(folders.gcRoots, `from.${dead}.unfinished`));
  await sweepDrafts(folders);
  expect(readdirSync(folders.state).sort()).toEqual(kept.sort());
  expect(readdirSync(folders.gcRoots)).toEqual(["from"]);
});
