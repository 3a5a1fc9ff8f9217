import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { readOver, takeRoom, writeOver } from "#agent/link/write-over.ts";

const schema = z.object({ seq: z.int() });
let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "fiducial-over-")), "state.room");
});
const write = (seq: number) => writeOver(path, `${JSON.stringify({ seq })}\n`);

test("what was written over last is read, in the same file and the same blocks", async () => {
  await takeRoom(path);
  const { ino, size } = statSync(path);
  expect(await readOver(path, schema)).toEqual({ state: "missing" });
  for (const seq of [1, 2, 3]) {
    await write(seq);
    expect(await readOver(path, schema)).toEqual({ state: "kept", value: { seq } });
  }
  await takeRoom(path);
  expect(await readOver(path, schema)).toMatchObject({ value: { seq: 3 } });
  expect(statSync(path)).toMatchObject({ ino, size });
});

test("power that goes in the middle of a block leaves what was written before it [SEE-14]", async () => {
  await takeRoom(path);
  await write(1);
  const before = readFileSync(path);
  await write(2);
  const after = readFileSync(path);
  for (let cut = 0; cut <= after.length; cut += 7) {
    writeFileSync(path, Buffer.concat([after.subarray(0, cut), before.subarray(cut)]));
    const read = await readOver(path, schema);
    expect(read.state === "kept" && read.value.seq, `cut after ${cut}`).toBeOneOf([1, 2]);
  }
});

test("without room, and for more than a block, nothing is written; what nobody wrote is nothing", async () => {
  await expect(write(1)).rejects.toMatchObject({ code: "ENOENT" });
  expect(await readOver(path, schema)).toEqual({ state: "missing" });
  await takeRoom(path);
  await write(1);
  await expect(writeOver(path, "x".repeat(4096))).rejects.toThrow(RangeError);
  expect(await readOver(path, schema)).toMatchObject({ value: { seq: 1 } });
  writeFileSync(path, `${"0".repeat(64)} 9 {"seq":9}\n`);
  expect(await readOver(path, schema)).toEqual({ state: "missing" });
});
