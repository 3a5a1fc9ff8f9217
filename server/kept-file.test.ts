import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readOrMake } from "./kept-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fiducial-kept-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("what was made once is read ever after", async () => {
  const path = join(folder, "secret");
  expect(await readOrMake(path, () => "first")).toBe("first");
  expect(await readOrMake(path, () => "second")).toBe("first");
});

test("only this user can read it, and no draft stays behind", async () => {
  await readOrMake(join(folder, "secret"), () => "first");
  expect((await stat(join(folder, "secret"))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["secret"]);
});

test("servers that start together end with one secret", async () => {
  const path = join(folder, "secret");
  const made = await Promise.all(Array.from({ length: 20 }, (_, n) => readOrMake(path, () => `made ${n}`)));
  expect(new Set(made).size).toBe(1);
});

test("an unreadable place is an error, never a fresh secret", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(readOrMake(join(folder, "file", "secret"), () => "x")).rejects.toThrow("ENOTDIR");
});
