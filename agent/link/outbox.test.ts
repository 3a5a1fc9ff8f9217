import { mkdirSync, mkdtempSync, readdirSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Order } from "#agent/link/counters.ts";
import { openOutbox, tooMany } from "#agent/link/outbox.ts";

let folder: string;
let dropped: number;
let countable: boolean;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "fiducial-outbox-")), "outbox");
  dropped = 0;
  countable = true;
});

const open = (limits = { reports: 100, bytes: 1_000_000 }) =>
  openOutbox({
    folder,
    limits,
    dropped: async (reports) => {
      dropped += reports;
      return countable;
    },
  });
const at = (seq: number): Order => ({ bootCounter: 1, startCounter: 1, seq });
const body = (seq: number) => Buffer.from(JSON.stringify({ seq, bootId: "boot", facts: {} }));

test("reports leave in the order they were made, byte for byte, also after a restart [SEE-14]", async () => {
  const outbox = await open();
  await outbox.append({ bootCounter: 1, startCounter: 2, seq: 10 }, true, body(10));
  await outbox.append({ bootCounter: 2, startCounter: 3, seq: 11 }, true, body(11));
  const again = await open();
  expect(await again.oldest()).toEqual({
    order: { bootCounter: 1, startCounter: 2, seq: 10 },
    bootId: "boot",
    body: body(10),
  });
  await again.remove({ bootCounter: 1, startCounter: 2, seq: 10 });
  expect((await again.oldest())?.body).toEqual(body(11));
  expect(again.highest).toEqual({ bootCounter: 2, startCounter: 3, seq: 11 });
});

test("a report stays until exactly its own number is removed", async () => {
  const outbox = await open();
  await outbox.append(at(1), true, body(1));
  await outbox.remove(at(2));
  expect(outbox.count).toBe(1);
  await outbox.remove(at(1));
  expect((await open()).count).toBe(0);
});

test("a full outbox gives up the oldest reports in between, counts them, and keeps firsts and the newest", async () => {
  const outbox = await open({ reports: 4, bytes: 1_000_000 });
  await outbox.append(at(1), true, body(1));
  for (let seq = 2; seq <= 7; seq += 1) await outbox.append(at(seq), false, body(seq));
  const left = [];
  for (let next = await outbox.oldest(); next !== null; next = await outbox.oldest()) {
    left.push(next.order.seq);
    await outbox.remove(next.order);
  }
  expect(left).toEqual([1, 5, 6, 7]);
  expect(dropped).toBe(3);
});

test("the bound in bytes holds like the bound in reports", () => {
  const entries = [1, 2, 3].map((seq) => ({ order: at(seq), first: false, bytes: 40 }));
  expect(tooMany(entries, 40, { reports: 100, bytes: 100 }).map((one) => one.order.seq)).toEqual([1, 2]);
});

test("a torn, empty or foreign file is counted and skipped, the next report goes on", async () => {
  const outbox = await open();
  for (const seq of [1, 2, 3, 4]) await outbox.append(at(seq), false, body(seq));
  const [first = "", second = "", third = ""] = readdirSync(folder).sort();
  truncateSync(join(folder, first), 0);
  truncateSync(join(folder, second), 5);
  writeFileSync(join(folder, third), body(99));
  expect((await (await open()).oldest())?.order.seq).toBe(4);
  expect(dropped).toBe(3);
});

test("what a crash left half-written is swept away and never sent", async () => {
  const outbox = await open();
  await outbox.append(at(1), true, body(1));
  writeFileSync(join(folder, ".0000000001-0000000001-0000000002.json.77.1.unfinished"), '{"seq":2');
  expect((await open()).count).toBe(1);
  expect(readdirSync(folder)).toHaveLength(1);
});

test("when the disk refuses, the newest report is held in memory and said to be, and a replaced one is counted", async () => {
  const outbox = await open();
  renameSync(folder, `${folder}.away`);
  writeFileSync(folder, "not a folder");
  expect(await outbox.append(at(1), true, body(1))).toContain("ENOTDIR");
  expect(await outbox.append(at(2), false, body(2))).toContain("ENOTDIR");
  expect(dropped).toBe(1);
  expect(await outbox.oldest()).toEqual({ order: at(2), bootId: "boot", body: body(2) });
  await outbox.remove(at(2));
  expect(outbox.count).toBe(0);
});

test("a report that could not be counted as given up stays on disk", async () => {
  mkdirSync(folder, { recursive: true });
  const outbox = await open({ reports: 1, bytes: 1_000_000 });
  await outbox.append(at(1), false, body(1));
  countable = false;
  await outbox.append(at(2), false, body(2));
  expect(readdirSync(folder)).toHaveLength(2);
});
