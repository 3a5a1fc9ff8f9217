import { afterEach, beforeEach, expect, test } from "vitest";
import { beginAhead } from "#agent/activate/begin-ahead.ts";
import { consider } from "#agent/activate/consider.ts";
import type { Host } from "#agent/activate/host.ts";
import { tryLock } from "#agent/activate/machine.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import { ActivatorRoom, change } from "#tests/support/activator-room.ts";
import { SCANNER_ID } from "#tests/support/signed-release.ts";
import { UnitsRoom } from "#tests/support/units-room.ts";

const who = scannerIdSchema.parse(SCANNER_ID);
let room: ActivatorRoom;
let units: UnitsRoom;
let host: Host;
beforeEach(() => {
  room = new ActivatorRoom();
  units = new UnitsRoom();
  host = { ...room.host().host, system: units.system, command: ["sleep", "300"] };
});
afterEach(() => {
  units.remove();
  room.remove();
});

function instruct(number: number): void {
  const toplevel = room.release(`r${number}`, number);
  room.installation.instruct({ release: `r${number}`, toplevel, changeId: change(number) });
  room.fillSpool();
}

test("a word of the director that is news has the change's unit started, which waits for the journal [ACT-7]", async () => {
  instruct(1);
  const ahead = await beginAhead(host, who);
  expect(await tryLock(host, 0)).toBeNull();
  await ahead?.letGo();
  expect(units.started()).toEqual([expect.stringMatching(/^fiducial-change[.]service .*Restart=on-failure/)]);
  const mine = await tryLock(host, 0);
  expect(mine).not.toBeNull();
  // Done twice it does no harm to who has the journal by then.
  await ahead?.letGo();
  expect(await tryLock(host, 0)).toBeNull();
  await mine?.();
});

test("nothing is started for what was looked at before, or has been decided, or is in other hands", async () => {
  expect(await beginAhead(host, who)).toBeNull();
  instruct(1);
  const taken = await tryLock(host, 0);
  expect(await beginAhead(host, who)).toBeNull();
  await taken?.();
  expect(
    await consider({ ...host, store: { ...host.store, missing: async (all) => [...all] } }),
  ).toMatchObject({
    answer: "need-paths",
  });
  room.installation.instruct(null);
  room.fillSpool();
  expect(await consider(host)).toEqual({ answer: "nothing" });
  const before = units.started().length;
  expect(await consider(host)).toEqual({ answer: "nothing" });
  expect(units.started()).toHaveLength(before);
});

test("a change that waits for its files has it started at every look, and one that was only looked at leaves the journal free", async () => {
  instruct(1);
  const lacking = {
    ...host,
    store: { ...host.store, missing: async (all: readonly { path: string }[]) => [...all] },
  } as Host;
  await consider(lacking);
  const ahead = await beginAhead(host, who);
  expect(ahead).not.toBeNull();
  await ahead?.letGo();
  expect((await host.records.journal()).step).toBe("offered");
  const free = await tryLock(host, 0);
  expect(free).not.toBeNull();
  await free?.();
});
