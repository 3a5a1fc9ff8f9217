import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { consider } from "#agent/activate/consider.ts";
import type { Folders } from "#agent/activate/folders.ts";
import { rollback } from "#agent/activate/local.ts";
import { recover } from "#agent/activate/machine.ts";
import { statusOf } from "#agent/activate/status.ts";
import { ownerText } from "#agent/link/instance-lock.ts";
import { activateAnswerSchema } from "#core/change/verbs.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import { OTHER_SCANNER_ID, type SignedInstallation, storePath } from "#tests/support/signed-release.ts";

const OLD = storePath("old");

let room: ActivatorRoom;
let folders: Folders;
let installation: SignedInstallation;
const hostOf = (...args: Parameters<ActivatorRoom["host"]>) => room.host(...args);
const fillSpool = (without?: RegExp) => room.fillSpool(without);
const release = (...args: Parameters<ActivatorRoom["release"]>) => room.release(...args);
beforeEach(() => {
  room = new ActivatorRoom();
  ({ folders, installation } = room);
});
afterEach(() => room.remove());

describe("the activator looks at its spool and believes none of it [SIG-2, ACT-9]", () => {
  test("off, not enrolled, nothing there, nothing asked", async () => {
    expect(await consider(hostOf({ enable: false }).host)).toEqual({ answer: "off" });
    const { host } = hostOf();
    expect(await consider(host)).toMatchObject({ answer: "need-metadata" });
    release("r1", 1);
    installation.instruct(null);
    fillSpool();
    expect(await consider(host)).toEqual({ answer: "nothing" });
    rmSync(join(folders.identity, "identity.json"));
    expect(await consider(host)).toMatchObject({ answer: "failed" });
  });

  test("a store without room for all of it refuses before a byte is fetched, and says how much is missing [SIG-4]", async () => {
    const toplevel = release("r1", 1);
    installation.instruct({ release: "r1", toplevel, changeId: change(1) });
    fillSpool();
    const { host } = hostOf();
    host.store.missing = async (paths) => [...paths];
    host.store.space = async () => ({ freeBytes: 512 * 1024 * 1024 });
    expect(await consider(host)).toMatchObject({
      ...{ answer: "refused", reason: "disk-full" },
      detail: expect.stringContaining("2300 bytes are to come"),
    });
    // Room was made, and it is asked again.
    installation.instruct({ release: "r1", toplevel, changeId: change(2) });
    fillSpool();
    host.store.space = async () => ({ freeBytes: 513 * 1024 * 1024 });
    expect(await consider(host)).toMatchObject({ answer: "need-paths" });
    host.store.space = async () => ({ freeBytes: 0 });
    expect(await consider(host), "what it fetched meanwhile does not count against it").toMatchObject({
      answer: "need-paths",
    });
  });

  test("says what is missing, file by file and path by path, with signed sizes [SIG-4]", async () => {
    const toplevel = release("r1", 1);
    installation.instruct({ release: "r1", toplevel, changeId: change(1) });
    fillSpool(/release[.]json$/);
    const { host } = hostOf();
    const first = await consider(host);
    expect(first).toMatchObject({
      answer: "need-release",
      changeId: change(1),
      missing: {
        file: expect.stringMatching(/^release\/targets\/releases\/r1\/[0-9a-f]{64}[.]release[.]json$/),
      },
    });
    fillSpool();
    host.store.missing = async (paths) => [...paths];
    const second = await consider(host);
    expect(second).toMatchObject({
      answer: "need-paths",
      totalBytes: 2_300,
      missing: expect.arrayContaining([
        expect.objectContaining({ path: toplevel, narHash: expect.stringMatching(/^[0-9a-f]{64}$/) }),
      ]),
    });
    expect(activateAnswerSchema.parse(second)).toEqual(second);
    expect((await statusOf(host)).told).toMatchObject({ state: "offered", to: "r1" });
  });

  test("carried to its end it is over: asked again, there is nothing to do [ACT-7]", async () => {
    const toplevel = release("r1", 1);
    installation.instruct({ release: "r1", toplevel, changeId: change(1) });
    fillSpool();
    const { host, scanner } = hostOf();
    await consider(host);
    expect((await statusOf(host)).told).toMatchObject({ state: "confirmed", changeId: change(1), to: "r1" });
    expect([scanner.current, scanner.profile]).toEqual([toplevel, toplevel]);
    expect(await consider(host)).toEqual({ answer: "nothing" });
    expect((await recover(host)).step).toBe("rest");
  });

  test("what ended stays over when something else is refused since, as a file that somebody damaged is [ACT-4, ACT-7]", async () => {
    const { host, scanner } = hostOf();
    for (const number of [1, 2]) {
      const toplevel = release(`r${number}`, number);
      installation.instruct({ release: `r${number}`, toplevel, changeId: change(number) });
      fillSpool();
      await consider(host);
    }
    await rollback(host, { to: "r1", reason: "noise in the coils", attest: false });
    const { current } = scanner;
    for (const _ of ["once", "twice"]) {
      installation.release.publish();
      fillSpool();
      writeFileSync(join(folders.spool, "release/timestamp.json"), "{}");
      expect(await consider(host)).toMatchObject({ answer: "refused", changeId: null });
      fillSpool();
      expect(await consider(host)).toEqual({ answer: "nothing" });
      expect(scanner.current).toBe(current);
    }
  });

  test("another model, an older release, a release that failed here: refused by name, and told", async () => {
    const { host } = hostOf();
    const foreign = release("r5", 5, { for: [{ model: "Other", hardwareRevisions: null }] });
    installation.instruct({ release: "r5", toplevel: foreign, changeId: change(5) });
    fillSpool();
    expect(await consider(host)).toMatchObject({
      answer: "refused",
      reason: "wrong-model",
      changeId: change(5),
    });
    expect((await statusOf(host)).told).toMatchObject({ state: "refused", reason: "wrong-model" });

    const good = release("r6", 6);
    installation.instruct({ release: "r6", toplevel: good, changeId: change(6) });
    fillSpool();
    await consider(host);
    const older = release("r2", 2);
    installation.instruct({ release: "r2", toplevel: older, changeId: change(2) });
    fillSpool();
    expect(await consider(host)).toMatchObject({ answer: "refused", reason: "older-release" });
  });

  test("who this scanner is, is said once: the agent's file cannot make it another [E-04]", async () => {
    release("r1", 1);
    installation.instruct(null);
    fillSpool();
    const { host } = hostOf();
    await consider(host);
    room.enrolAs(OTHER_SCANNER_ID);
    expect(await consider(host)).toMatchObject({ answer: "refused", reason: "wrong-recipient" });
  });

  test("taken back before ARM, it is cancelled and nothing differs [ACT-7]", async () => {
    const toplevel = release("r1", 1);
    installation.instruct({ release: "r1", toplevel, changeId: change(1), action: "stage" });
    fillSpool();
    const { host, scanner } = hostOf();
    expect(await consider(host)).toMatchObject({ answer: "under-way" });
    expect((await statusOf(host)).told.state).toBe("staged");
    installation.instruct(null);
    fillSpool();
    expect(await consider(host)).toEqual({ answer: "nothing" });
    expect((await statusOf(host)).told).toMatchObject({ state: "cancelled", changeId: change(1) });
    expect(scanner.profile).toBe(OLD);
  });

  test("while another process carries a change, only its standing is told", async () => {
    const toplevel = release("r1", 1);
    installation.instruct({ release: "r1", toplevel, changeId: change(1) });
    fillSpool();
    const { host } = hostOf();
    symlinkSync(ownerOfThisProcess(), join(folders.state, "agent.lock"));
    expect(await consider(host)).toEqual({ answer: "nothing" });
    await expect(rollback(host, { to: "r1", reason: "x", attest: false })).rejects.toMatchObject({
      code: "busy",
    });
  });
});

/** The lock as another living process would hold it: the one that started this one. */
function ownerOfThisProcess(): string {
  const pid = process.ppid;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return ownerText({ pid, bootId: "boot-1", startTicks });
}
