import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { consider } from "#agent/activate/consider.ts";
import { follow } from "#agent/activate/follow.ts";
import { liftBlock, rollback } from "#agent/activate/local.ts";
import { statusOf } from "#agent/activate/status.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { consent } from "#agent/local/acts.ts";
import { localOf } from "#agent/local/serve-local.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import type { ModelPlan } from "#tests/support/model-scanner.ts";
import { storePath } from "#tests/support/signed-release.ts";

let room: ActivatorRoom;
beforeEach(() => {
  room = new ActivatorRoom();
});
afterEach(() => room.remove());

/** Two releases confirmed, the second runs. */
async function confirmedTwice(plan: Partial<ModelPlan> = {}, words: object = {}) {
  const { host, scanner } = room.host(words, plan);
  const tops: string[] = [];
  for (const number of [1, 2]) {
    const toplevel = room.release(`r${number}`, number);
    room.installation.instruct({ release: `r${number}`, toplevel, changeId: change(number) });
    room.fillSpool();
    await consider(host);
    tops.push(toplevel);
  }
  return { host, scanner, tops };
}
const ask = (to: string, attest = false) => ({ to, reason: "image noise", attest });

describe("by root on the scanner, without any network [ACT-4, ACT-5]", () => {
  test("back to a confirmed generation, and to no other", async () => {
    const { host, scanner, tops } = await confirmedTwice();
    rmSync(room.folders.spool, { recursive: true });
    await expect(rollback(host, { to: "r9", reason: "x", attest: false })).rejects.toMatchObject({
      code: "refused",
    });
    await rollback(host, { to: "r1", reason: "image noise", attest: false });
    const ended = await follow(host, () => {});
    expect(ended).toMatchObject({ step: "rest", last: { state: "confirmed", to: "r1" } });
    expect([scanner.current, scanner.profile]).toEqual([tops[0], tops[0]]);
  });

  test("refused at once, with the gate's name, while somebody scans; a sick daemon needs an attestation", async () => {
    const { host, scanner } = await confirmedTwice();
    scanner.safety = { scanState: "running" };
    await expect(rollback(host, { to: "r1", reason: "x", attest: true })).rejects.toThrow(/scanning/);
    scanner.safety = { state: "tripped" };
    await expect(rollback(host, { to: "r1", reason: "x", attest: false })).rejects.toThrow(/safety/);
    const begun = await rollback(host, { to: "r1", reason: "x", attest: true });
    expect(begun.step).not.toBe("staged");
  });

  test("a change that waits for consent goes on with it", async () => {
    const { host } = room.host({ consent: "needed" });
    const toplevel = room.release("r1", 1);
    // Waiting is done by looking again; here nobody waits.
    const { sleep } = host.clock;
    host.clock.sleep = async () => Promise.reject(new Error("waits"));
    room.installation.instruct({ release: "r1", toplevel, changeId: change(1) });
    room.fillSpool();
    await expect(consider(host)).rejects.toThrow("waits");
    expect((await statusOf(host)).told).toMatchObject({ state: "waiting", reason: "consent" });
    const here = localOf(host, "command");
    const now = { choice: "now", passcode: "" } as const;
    expect(await consent(here, { ...now, changeId: change(9) })).toMatchObject({ reason: "nothing-waits" });
    host.clock.sleep = sleep;
    await consent(here, { ...now, changeId: change(1) });
    expect((await statusOf(host)).told.state).toBe("confirmed");
  });

  test("a blocked closure stays blocked until a person lifts it", async () => {
    const toplevel = room.release("r1", 1);
    const { host } = room.host({}, { sick: [toplevel] });
    room.installation.instruct({ release: "r1", toplevel, changeId: change(1) });
    room.fillSpool();
    await consider(host);
    expect(await statusOf(host)).toMatchObject({ told: { state: "rolled-back" }, blocked: [{ toplevel }] });
    room.installation.instruct({ release: "r1", toplevel, changeId: change(2) });
    room.fillSpool();
    expect(await consider(host)).toMatchObject({ answer: "refused", reason: "blocked-here" });
    await liftBlock(host, toplevel, "the power supply was exchanged");
    await expect(liftBlock(host, toplevel, "again")).rejects.toMatchObject({ code: "refused" });
    expect((await statusOf(host)).blocked).toEqual([]);
  });

  test("the instruction that still stands does not bring back what was left [ACT-4, ACT-7]", async () => {
    const { host, scanner, tops } = await confirmedTwice();
    await rollback(host, ask("r1"));
    expect(await consider(host)).toEqual({ answer: "nothing" });
    expect(scanner.current).toBe(tops[0]);
    // What is asked after it is another matter.
    const next = room.release("r3", 3);
    room.installation.instruct({ release: "r3", toplevel: next, changeId: change(3) });
    room.fillSpool();
    await consider(host);
    expect(scanner.current).toBe(next);
  });

  test("what runs already, and a scanner whose changes are off, are answered in words", async () => {
    const { host, tops } = await confirmedTwice();
    await expect(rollback(host, ask("r2"))).rejects.toThrow(/is what runs/);
    await expect(rollback(host, ask(tops[1] ?? ""))).rejects.toMatchObject({ code: "refused" });
    const off = room.host({ enable: false }).host;
    await expect(rollback(off, ask("r1"))).rejects.toThrow(/Changes are off/);
  });

  test("out of a change under way there is one way, and no other is taken for it", async () => {
    const { host, scanner } = await confirmedTwice();
    const toplevel = room.release("r3", 3);
    room.installation.instruct({ release: "r3", toplevel, changeId: change(3) });
    room.fillSpool();
    // Dies in the middle, as the activator would.
    scanner.dieAt("switch.begun");
    await consider(host).catch(() => undefined);
    expect((await host.records.journal()).step).toBe("switch");
    await expect(rollback(host, ask("r1"))).rejects.toThrow(/leads back to r2/);
    const begun = await rollback(host, ask("r2"));
    expect(begun).toMatchObject({ last: { state: "rolled-back", reason: "asked", from: "r2" } });
  });

  test("every step is told while it happens, and an end that nobody works on is said", async () => {
    const { host, scanner } = await confirmedTwice();
    scanner.dieAt("verify.begun");
    await rollback(host, ask("r1")).catch(() => undefined);
    const lines: string[] = [];
    await expect(follow(host, (line) => lines.push(line))).rejects.toMatchObject({ code: "stopped" });
    expect(lines).toEqual(["comparing every file with what was confirmed"]);
    const { system } = host;
    const alive = { ...linuxSystem(), run: async () => ran("active") };
    let looks = 0;
    const sleep = async () => {
      looks += 1;
      if (looks === 3) await rollback({ ...host, system }, ask("r1")).catch(() => undefined);
    };
    const ended = await follow({ ...host, system: alive, clock: { ...host.clock, sleep } }, () => {});
    expect(ended).toMatchObject({ step: "rest", last: { state: "confirmed", to: "r1" } });
    expect(ended.step === "rest" && ended.last?.toplevel).not.toBe(storePath("old"));
  });
});

function ran(stdout: string) {
  return { ok: true, value: { status: 0, stdout, stderr: "" } } as const;
}
