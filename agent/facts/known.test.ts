import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keepOnly } from "./known.ts";

test("only path lists that nobody needs are removed, whatever else lies in their folder [SEE-2]", async () => {
  const folder = join(await mkdtemp(join(tmpdir(), "fiducial-known-")), "closures");
  await mkdir(folder);
  const [kept, gone] = ["a".repeat(64), "b".repeat(64)];
  const cutOff = `.${gone}.json.12.3.unfinished`;
  const foreign = ["passwd", "settings.json", `${gone}.json.bak`, `x${gone}.json`];
  for (const name of [`${kept}.json`, `${gone}.json`, cutOff, ...foreign])
    await writeFile(join(folder, name), "");
  await keepOnly(folder, [kept ?? ""]);
  expect((await readdir(folder)).sort()).toEqual([`${kept}.json`, ...foreign].sort());
});

test("a folder below which root writes is sticky wherever a group may write: nobody moves root's folders away", async () => {
  const lines = (await readFile("nix/units/fiducial.tmpfiles.in", "utf8")).split("\n");
  const modes = lines.filter((line) => line.startsWith("d ")).map((line) => line.split(" ")[2] ?? "");
  expect(modes.length).toBe(5);
  expect(modes.filter((mode) => /[2367].$/.test(mode) && !mode.startsWith("1"))).toEqual([]);
});
