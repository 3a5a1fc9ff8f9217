import { mkdtempSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { durableWrite, readKept } from "#agent/link/durable.ts";

const schema = z.object({ seq: z.int() });
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-durable-"));
  path = join(folder, "state.json");
});

test("what was written is read again, and nothing else is left in the folder", async () => {
  await durableWrite(path, '{"seq":1}');
  await durableWrite(path, '{"seq":2}');
  expect(await readKept(path, schema)).toEqual({ state: "kept", value: { seq: 2 } });
  expect(readdirSync(folder)).toEqual(["state.json"]);
});

test("a file that was never written is missing, an empty, cut or foreign one is torn: damage never reads as a first start", async () => {
  expect(await readKept(path, schema)).toEqual({ state: "missing" });
  writeFileSync(path, '{"seq":1}');
  truncateSync(path, 4);
  expect(await readKept(path, schema)).toMatchObject({ state: "torn" });
  truncateSync(path, 0);
  expect(await readKept(path, schema)).toEqual({ state: "torn", detail: "is empty" });
  writeFileSync(path, '{"seq":"1"}');
  expect(await readKept(path, schema)).toEqual({ state: "torn", detail: "seq: invalid_type" });
});

test("a write that fails leaves the old content and no half-written file", async () => {
  await durableWrite(path, '{"seq":1}');
  await expect(durableWrite(join(folder, "no-such-folder", "state.json"), "x")).rejects.toMatchObject({
    code: "ENOENT",
  });
  expect(await readKept(path, schema)).toMatchObject({ value: { seq: 1 } });
  expect(readdirSync(folder)).toEqual(["state.json"]);
});
