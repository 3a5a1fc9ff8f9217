import { rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { consider } from "#agent/activate/consider.ts";
import type { Host } from "#agent/activate/host.ts";
import { statusOf } from "#agent/activate/status.ts";
import { verifyBundle } from "#agent/bundle/apply.ts";
import { openBundle } from "#agent/bundle/bundle.ts";
import { carryOutBundle } from "#agent/bundle/command.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import { CarriedBundle } from "#tests/support/carried-bundle.ts";

/** What people decided of a failure reaches a scanner that has no network, on a stick without a release (ACT-5, ACT-6, OFF-1). */
let room: ActivatorRoom;
let host: Host;
let r2: { release: string; toplevel: string };
let r3: typeof r2;
const sticks: CarriedBundle[] = [];

/** r1 is confirmed; r2 (change 2) went back by itself, so that it is blocked and the scanner is held. */
beforeEach(async () => {
  room = new ActivatorRoom();
  const [one, two, three] = ["r1", "r2", "r3"].map((name, at) => ({
    release: name,
    toplevel: room.release(name, at + 1),
  })) as [typeof r2, typeof r2, typeof r2];
  [r2, r3] = [two, three];
  ({ host } = room.host({}, { sick: [r2.toplevel] }));
  await ask(1, one);
  await ask(2, r2);
  expect(await statusOf(host)).toMatchObject({
    held: { changeId: change(2) },
    blocked: [{ toplevel: r2.toplevel }],
  });
});
afterEach(() => {
  for (const stick of sticks.splice(0)) stick.remove();
  room.remove();
});

async function ask(number: number, words: typeof r2 & { [word: string]: unknown }) {
  room.installation.instruct({ changeId: change(number), ...words });
  room.fillSpool();
  return await consider(host);
}

/** The server's newest word on a stick: metadata and nothing else. */
function stickWith(number: number, words: typeof r2 & { [word: string]: unknown }): CarriedBundle {
  room.installation.instruct({ changeId: change(number), ...words });
  const stick = new CarriedBundle(room.installation, { toplevel: "", nars: new Map(), paths: [] });
  for (const name of ["cache", "release/targets"]) rmSync(stick.path(name), { recursive: true });
  sticks.push(stick);
  return stick;
}
const pardon = (action: "release-hold" | "lift-block", failed = 2) => ({
  ...r2,
  ...{ action, failedChangeId: change(failed) },
});
const apply = (stick: CarriedBundle, act: "apply" | "verify" = "apply") =>
  carryOutBundle(host, { act, folder: stick.folder }, { wait: true, tell: (line) => lines.push(line) });
const lines: string[] = [];

test("a hold ends by the signed word on a stick, and the next release is taken", async () => {
  expect(await ask(3, r3)).toMatchObject({ reason: "held" });
  const stick = stickWith(4, pardon("release-hold"));
  expect(await apply(stick, "verify")).toMatchObject({ how: "ok" });
  expect((await statusOf(host)).held, "verify changes nothing").not.toBeNull();
  expect(await apply(stick)).toMatchObject({ how: "ok", say: expect.stringContaining("heard") });
  expect(lines).toContainEqual(
    expect.stringMatching(/^The end of the hold .+ after change .+02 \(r2\), decided by Test Engineer, /),
  );
  expect(await statusOf(host)).toMatchObject({ held: null, blocked: [{ toplevel: r2.toplevel }] });
  await ask(5, r3);
  expect((await statusOf(host)).told).toMatchObject({ state: "confirmed", to: "r3" });
});

test("a block is lifted by another stick; the hold is another matter", async () => {
  expect(await apply(stickWith(3, pardon("lift-block")))).toMatchObject({ how: "ok" });
  expect(await statusOf(host)).toMatchObject({ held: { changeId: change(2) }, blocked: [] });
  expect(await apply(stickWith(4, pardon("release-hold")))).toMatchObject({ how: "ok" });
  expect(await statusOf(host)).toMatchObject({ held: null, blocked: [] });
});

test("put in again it says that it is done, and an older stick that newer was heard", async () => {
  const [first, second] = [stickWith(3, pardon("release-hold")), stickWith(4, pardon("lift-block"))];
  await apply(first);
  expect(await apply(first)).toMatchObject({
    how: "refused",
    say: expect.stringContaining("(done-already)"),
  });
  await apply(second);
  expect(await apply(first)).toMatchObject({ how: "refused", say: expect.stringContaining("(superseded)") });
});

test("a word about another failure is refused by name and ends nothing", async () => {
  for (const [action, word] of [
    ["release-hold", "(not-held-by-it)"],
    ["lift-block", "(not-blocked-by-it)"],
  ] as const)
    expect(await apply(stickWith(3, pardon(action, 1)))).toMatchObject({
      ...{ how: "refused", say: expect.stringContaining(word) },
    });
  expect(await statusOf(host)).toMatchObject({
    held: { changeId: change(2) },
    blocked: [{ toplevel: r2.toplevel }],
  });
});

test("after its end it is heard no more, also by a scanner that lay long in a corner [E-13]", async () => {
  const stick = stickWith(3, pardon("release-hold"));
  room.installation.nowMs += 2 * 60 * 60_000;
  for (const act of ["verify", "apply"] as const)
    expect(await apply(stick, act)).toMatchObject({
      ...{ how: "refused", say: expect.stringContaining("(instruction-expired)") },
    });
  expect((await statusOf(host)).held).not.toBeNull();
});

test("a crash after its number was kept does not lose it: the same stick is taken again", async () => {
  const stick = stickWith(3, pardon("release-hold"));
  const { saveReleased } = host.records;
  host.records.saveReleased = () => Promise.reject(new Error("power cut"));
  await expect(apply(stick)).rejects.toThrow("power cut");
  host.records.saveReleased = saveReleased;
  expect((await verifyBundle(host, openBundle(stick.folder), () => {})).absent).toEqual([]);
  expect(await apply(stick)).toMatchObject({ how: "ok" });
  expect((await statusOf(host)).held).toBeNull();
});
