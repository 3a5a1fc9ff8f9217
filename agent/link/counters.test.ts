import { mkdtempSync, rmSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { type CountersStart, foundCounters, type Order, startCounters } from "#agent/link/counters.ts";
import { compareOrder } from "#core/identity/judge.ts";

/** A disk without a free block: nothing new can be written, what is there can be written over. */
const disk = vi.hoisted(() => ({ isFull: false }));
vi.mock(import("#agent/link/durable.ts"), async (load) => {
  const real = await load();
  return {
    ...real,
    durableWrite: (...args) =>
      disk.isFull
        ? Promise.reject(Object.assign(new Error("no space left"), { code: "ENOSPC" }))
        : real.durableWrite(...args),
  };
});

const MINUTE = 60_000;
let stateDir: string;
let start: CountersStart;
beforeEach(async () => {
  disk.isFull = false;
  stateDir = mkdtempSync(join(tmpdir(), "fiducial-counters-"));
  await foundCounters(stateDir);
  start = {
    stateDir,
    bootId: "boot-a",
    highestKnown: null,
    nowMs: 1_000 * MINUTE,
    enrolledAtMs: 900 * MINUTE,
  };
});

async function nextOrder(from: CountersStart): Promise<Order> {
  const counters = await startCounters(from);
  const seq = await counters.nextSeq();
  return { bootCounter: counters.bootCounter, startCounter: counters.startCounter, seq };
}

test("the first start is boot 1, start 1, number 1 [SEE-14]", async () => {
  expect(await nextOrder(start)).toEqual({ bootCounter: 1, startCounter: 1, seq: 1 });
});

test("a restart raises the start counter, another boot id the boot counter, and no number comes twice [SEE-14]", async () => {
  const first = await nextOrder(start);
  const restarted = await nextOrder(start);
  const rebooted = await nextOrder({ ...start, bootId: "boot-b" });
  expect(restarted).toMatchObject({ bootCounter: 1, startCounter: 2 });
  expect(rebooted).toMatchObject({ bootCounter: 2, startCounter: 3 });
  expect(new Set([first.seq, restarted.seq, rebooted.seq]).size).toBe(3);
  expect(compareOrder(first, restarted)).toBeLessThan(0);
  expect(compareOrder(restarted, rebooted)).toBeLessThan(0);
});

test("numbers are reserved on disk before they are handed out, past every block", async () => {
  const counters = await startCounters(start);
  const used = [];
  for (let index = 0; index < 100; index += 1) used.push(await counters.nextSeq());
  expect(used).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  expect((await nextOrder(start)).seq).toBeGreaterThan(100);
});

test("a lost or torn counters file goes on above everything a server can have seen, with nothing else to go by", async () => {
  for (const lose of [
    unlinkSync,
    (path: string) => truncateSync(path, 0),
    (path: string) => writeFileSync(path, "{"),
  ]) {
    lose(join(stateDir, "counters.json"));
    const counters = await startCounters(start);
    expect(counters.recovered).not.toBeNull();
    expect(counters.bootCounter).toBeGreaterThanOrEqual(1_000);
  }
});

test("a clock that was set back to 1970 cannot bring a lost counter back below the time of enrolment", async () => {
  unlinkSync(join(stateDir, "counters.json"));
  const counters = await startCounters({ ...start, nowMs: 0 });
  expect(counters.bootCounter).toBe(901);
});

test("counters older than the outbox or the last acknowledgement go on above those (a folder restored from a copy)", async () => {
  const highestKnown = { bootCounter: 7, startCounter: 20, seq: 400, bootId: null };
  const order = await nextOrder({ ...start, highestKnown });
  expect(compareOrder(order, highestKnown)).toBeGreaterThan(0);
  expect(order.seq).toBeGreaterThan(400);
});

test("counters lost within a boot keep its boot counter: one boot id under two of them would lock the scanner out (K-07)", async () => {
  await nextOrder(start);
  unlinkSync(join(stateDir, "counters.json"));
  const known = { bootCounter: 4, startCounter: 9, seq: 30 };
  const same = await nextOrder({ ...start, highestKnown: { ...known, bootId: "boot-a" } });
  expect(same).toMatchObject({ bootCounter: 4, startCounter: 1_001 });
  expect(same.seq).toBeGreaterThan(30);
  unlinkSync(join(stateDir, "counters.json"));
  const other = await nextOrder({ ...start, highestKnown: { ...known, bootId: "boot-z" } });
  expect(other.bootCounter).toBe(1_001);
});

test("given-up reports are counted over restarts, and in memory when the disk refuses", async () => {
  const counters = await startCounters(start);
  expect(await counters.addDropped(2)).toBe(true);
  expect((await startCounters(start)).droppedReports).toBe(2);
  rmSync(stateDir, { recursive: true });
  expect(await counters.addDropped(1)).toBe(false);
  expect(counters.droppedReports).toBe(3);
});

test("no number is handed out that could not be reserved", async () => {
  const counters = await startCounters(start);
  for (let index = 0; index < 32; index += 1) await counters.nextSeq();
  rmSync(stateDir, { recursive: true });
  await expect(counters.nextSeq()).rejects.toMatchObject({ code: "ENOENT" });
});

test("on a full disk it begins again, boot after boot, and no number comes twice, then or after [SEE-14]", async () => {
  const orders = [await nextOrder(start)];
  disk.isFull = true;
  for (const bootId of ["boot-a", "boot-b", "boot-b", "boot-c"]) {
    const counters = await startCounters({ ...start, bootId });
    expect(counters.recovered).toBeNull();
    for (let index = 0; index < 40; index += 1)
      orders.push({
        bootCounter: counters.bootCounter,
        startCounter: counters.startCounter,
        seq: await counters.nextSeq(),
      });
    expect(await counters.addDropped(1)).toBe(true);
  }
  disk.isFull = false;
  const after = await startCounters({ ...start, bootId: "boot-c" });
  expect(after.droppedReports).toBe(4);
  orders.push({
    bootCounter: after.bootCounter,
    startCounter: after.startCounter,
    seq: await after.nextSeq(),
  });
  expect(orders.toSorted(compareOrder)).toEqual(orders);
  expect(new Set(orders.map(({ seq }) => seq)).size).toBe(orders.length);
  expect(orders.at(-1)?.bootCounter, "one counter for each boot, and one boot for each counter").toBe(3);
});

test("numbers of a full disk are not handed out again when the usual file is lost after it", async () => {
  disk.isFull = true;
  await expect(startCounters(start), "no room was taken before").rejects.toMatchObject({
    code: "state-unwritable",
  });
  disk.isFull = false;
  await nextOrder(start);
  disk.isFull = true;
  const full = await nextOrder({ ...start, bootId: "boot-b" });
  disk.isFull = false;
  unlinkSync(join(stateDir, "counters.json"));
  const after = await nextOrder({ ...start, bootId: "boot-b" });
  expect(after).toMatchObject({ bootCounter: full.bootCounter, startCounter: 1_001 });
  expect(after.seq).toBeGreaterThan(full.seq);
});
