import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Fetcher } from "#agent/trust/fetched.ts";
import { folderFetcher } from "#agent/trust/folder-fetcher.ts";

let outside: string;
let stick: string;
let fetcher: Fetcher;
beforeEach(() => {
  const base = mkdtempSync(join(tmpdir(), "fiducial-stick-"));
  outside = join(base, "outside");
  stick = join(base, "stick");
  mkdirSync(join(stick, "release", "targets"), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, "secret"), "secret");
  writeFileSync(join(stick, "release", "timestamp.json"), "{}");
  fetcher = folderFetcher(stick);
});
const problem = async (name: string, maxBytes = 100) => {
  const fetched = await fetcher(name, maxBytes);
  return fetched.ok ? Buffer.from(fetched.bytes).toString("utf8") : fetched.problem;
};

test("a file below the folder is read whole; one that is not there is absent", async () => {
  expect(await problem("release/timestamp.json")).toBe("{}");
  expect(await problem("release/2.root.json")).toBe("absent");
  expect(await problem("director/2.root.json")).toBe("absent");
});

test("no link is followed, neither for the file nor for a folder on the way [U-02]", async () => {
  symlinkSync(join(outside, "secret"), join(stick, "release", "1.root.json"));
  symlinkSync(outside, join(stick, "cache"));
  symlinkSync("timestamp.json", join(stick, "release", "2.root.json"));
  expect(await problem("release/1.root.json")).toBe("unreached");
  expect(await problem("cache/secret")).toBe("unreached");
  expect(await problem("release/2.root.json")).toBe("unreached");
});

test.each([
  "../outside/secret",
  "/etc/hostname",
  "release/../release/timestamp.json",
  "release//timestamp.json",
  "",
  ".",
  "release/.hidden",
  "release/a\0b",
  `a/${"b".repeat(300)}`,
  "a/b/c/d/e/f/g/h/i/j/k",
])("%j is no name", async (name) => {
  expect(await problem(name)).toBe("unreached");
});

test("only plain files: a folder, and a pipe nobody writes to, are refused without waiting", async () => {
  execFileSync("mkfifo", [join(stick, "release", "pipe")]);
  expect(await problem("release/targets")).toBe("unreached");
  expect(await problem("release/pipe")).toBe("unreached");
});

test("the size is bounded before a byte is read: a terabyte of nothing costs nothing [E-12]", async () => {
  const sparse = join(stick, "release", "sparse");
  writeFileSync(sparse, "");
  truncateSync(sparse, 2 ** 40);
  expect(await problem("release/sparse", 1024)).toBe("too-large");
  expect(await problem("release/timestamp.json", 2)).toBe("{}");
  expect(await problem("release/timestamp.json", 1)).toBe("too-large");
});

test("a stick that is not there is a folder that cannot be read", async () => {
  expect(await folderFetcher(join(stick, "none"))("timestamp.json", 10)).toMatchObject({ problem: "absent" });
  expect(await folderFetcher(join(outside, "secret"))("timestamp.json", 10)).toMatchObject({
    problem: "unreached",
  });
});
