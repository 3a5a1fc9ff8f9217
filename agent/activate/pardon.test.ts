import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { consider } from "#agent/activate/consider.ts";
import { rollback } from "#agent/activate/local.ts";
import { statusOf } from "#agent/activate/status.ts";
import { release } from "#agent/local/acts.ts";
import { localOf } from "#agent/local/serve-local.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import type { ModelPlan } from "#tests/support/model-scanner.ts";

let room: ActivatorRoom;
beforeEach(() => {
  room = new ActivatorRoom();
});
afterEach(() => room.remove());

type Host = ReturnType<ActivatorRoom["host"]>["host"];

async function ask(
  host: Host,
  number: number,
  words: { release: string; toplevel: string; [word: string]: unknown },
) {
  room.installation.instruct({ changeId: change(number), ...words });
  room.fillSpool();
  return await consider(host);
}

/** r1 is confirmed; r2 (change 2) failed and was left; r3 is well. */
async function wentBack(plan: Partial<ModelPlan> = {}) {
  const [r1, r2, r3] = ["r1", "r2", "r3"].map((name, at) => ({
    release: name,
    toplevel: room.release(name, at + 1),
  }));
  if (r1 === undefined || r2 === undefined || r3 === undefined) throw new Error("three releases");
  const made = room.host({}, { sick: [r2.toplevel], ...plan });
  await ask(made.host, 1, r1);
  await ask(made.host, 2, r2);
  return { ...made, r1, r2, r3 };
}

describe("held after an automatic way back [ACT-6]", () => {
  test("nothing new is taken, however it is asked; it is told since when and after what", async () => {
    const { host, scanner, r1, r2, r3 } = await wentBack();
    const held = { changeId: change(2), toplevel: r2.toplevel, release: "r2", reason: "health-failed" };
    expect(await statusOf(host)).toMatchObject({ told: { state: "rolled-back" }, held });
    for (const action of ["stage", "activate"])
      expect(await ask(host, 3, { ...r3, action })).toMatchObject({ answer: "refused", reason: "held" });
    expect(scanner.current).toBe(r1.toplevel);
  });

  test("the activator's next life knows it: it is durable", async () => {
    const { r3 } = await wentBack();
    const { host } = room.host();
    expect(await ask(host, 3, r3)).toMatchObject({ reason: "held" });
  });

  test("going back to what was confirmed stays possible, and does not end it", async () => {
    const { host, scanner, r1, r3 } = await wentBack();
    await release(localOf(host, "command"), { reason: "looked at", passcode: "" });
    await ask(host, 3, r3);
    expect(scanner.current).toBe(r3.toplevel);
    scanner.safety = {};
    const r4 = { release: "r4", toplevel: room.release("r4", 4) };
    scanner.sicken(r4.toplevel);
    await ask(host, 4, r4);
    expect((await statusOf(host)).held?.changeId).toBe(change(4));
    const back = { ...r1, action: "rollback", notAfterMs: room.installation.nowMs + 10 * 60_000 };
    await ask(host, 5, back);
    expect(scanner.current).toBe(r1.toplevel);
    await rollback(host, { to: "r3", reason: "better after all", attest: false });
    expect(scanner.current).toBe(r3.toplevel);
    expect((await statusOf(host)).held?.changeId).toBe(change(4));
  });

  test("a way back that a person asked for holds nothing", async () => {
    const { host, scanner } = room.host();
    const r1 = { release: "r1", toplevel: room.release("r1", 1) };
    const r2 = { release: "r2", toplevel: room.release("r2", 2) };
    await ask(host, 1, r1);
    scanner.dieAt("switch.begun");
    await ask(host, 2, r2).catch(() => undefined);
    expect(await rollback(host, { to: "r1", reason: "changed my mind", attest: false })).toMatchObject({
      last: { state: "rolled-back", reason: "asked" },
    });
    expect((await statusOf(host)).held).toBeNull();
  });

  test("released at the scanner with a reason, and entered in its log", async () => {
    const { host, scanner, r3 } = await wentBack();
    const here = localOf(host, "command");
    expect(await release(here, { reason: " ", passcode: "" })).toMatchObject({ reason: "no-text" });
    expect(await release(here, { reason: "power supply exchanged", passcode: "" })).toMatchObject({
      answer: "done",
    });
    expect((await here.records.entries()).at(-1)).toMatchObject({ act: "release", changeId: change(2) });
    expect(await release(here, { reason: "again", passcode: "" })).toMatchObject({ reason: "not-held" });
    await ask(host, 3, r3);
    expect(scanner.current).toBe(r3.toplevel);
  });
});

describe("the director's word about a failure [ACT-5, ACT-6, SIG-2]", () => {
  const pardon = (action: string, failed: number) => ({ action, failedChangeId: change(failed) });

  test("ends the hold that it names, once and for good", async () => {
    const { host, scanner, r2, r3 } = await wentBack();
    expect(await ask(host, 3, { ...r2, ...pardon("release-hold", 2) })).toEqual({ answer: "nothing" });
    expect(await consider(host)).toEqual({ answer: "nothing" });
    expect(await statusOf(host)).toMatchObject({ held: null, blocked: [{ toplevel: r2.toplevel }] });
    await ask(host, 4, r3);
    expect(scanner.current).toBe(r3.toplevel);
  });

  test("about another failure it ends nothing", async () => {
    const { host, r2 } = await wentBack();
    for (const action of ["release-hold", "lift-block"]) {
      expect(await ask(host, 3, { ...r2, ...pardon(action, 1) })).toEqual({ answer: "nothing" });
      expect(await ask(host, 4, { ...r2, action })).toEqual({ answer: "nothing" });
    }
    expect(await statusOf(host)).toMatchObject({
      held: { changeId: change(2) },
      blocked: [{ toplevel: r2.toplevel }],
    });
  });

  test("lets a blocked closure be tried again, and no other; the hold is another matter", async () => {
    const { host, scanner, r2, r3 } = await wentBack();
    expect(await ask(host, 3, { ...r3, ...pardon("lift-block", 2) })).toEqual({ answer: "nothing" });
    expect((await statusOf(host)).blocked).toHaveLength(1);
    await ask(host, 4, { ...r2, ...pardon("lift-block", 2) });
    expect((await statusOf(host)).blocked).toEqual([]);
    expect(await ask(host, 5, r2)).toMatchObject({ reason: "held" });
    await ask(host, 6, { ...r2, ...pardon("release-hold", 2) });
    await ask(host, 7, r2);
    // It fails again, and is blocked and held again: a word about the first failure is none about the second.
    expect(await statusOf(host)).toMatchObject({
      held: { changeId: change(7) },
      blocked: [{ toplevel: r2.toplevel }],
    });
    await ask(host, 8, { ...r2, ...pardon("release-hold", 2) });
    expect((await statusOf(host)).held).not.toBeNull();
    expect(scanner.current).not.toBe(r2.toplevel);
  });

  test("an old word is a replay, and one that nobody signed is none [E-07]", async () => {
    const { host, r2 } = await wentBack();
    expect(await ask(host, 3, { ...r2, ...pardon("release-hold", 2), seq: 1 })).toMatchObject({
      reason: "replayed",
    });
    expect((await statusOf(host)).held).not.toBeNull();
  });
});
