import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeKeys } from "./private-key.ts";
import { isPublishable, openPublished } from "./published-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fiducial-published-"));
  for (const name of ["keys", "repository/release", "repository/cache/nar"])
    mkdirSync(join(folder, name), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hash = "0".repeat(32);
const nar = `cache/nar/${"1".repeat(52)}.nar`;

describe("what may leave a release station [K-10, SIG-1]", () => {
  test.each([
    "release/1.root.json",
    "release/12.targets.json",
    "release/3.snapshot.json",
    "release/timestamp.json",
    `release/targets/releases/r1/${"a".repeat(64)}.release.json`,
    "first-root/director.root.json",
    "cache/nix-cache-info",
    `cache/${hash}.narinfo`,
    nar,
  ])("%s", (name) => {
    expect(isPublishable(name)).toBe(true);
  });

  test.each([
    "keys/anna.key.json",
    "../keys/anna.key.json",
    "release/../../keys/cache",
    "release/targets/releases/../../../keys/cache",
    "/etc/passwd",
    "cache/cache",
    "release/anna.key.json",
    "drafts/r1.signing.json",
    "fiducial.json",
    "",
  ])("never %s", async (name) => {
    expect(isPublishable(name)).toBe(false);
    await expect(openPublished({ folder }, name)).rejects.toThrow("is not a file that is published");
  });

  test("a key under a name that is published is recognised and not sent", async () => {
    const file = await makeKeys(
      { name: "anna", purposes: ["release"], createdAtMs: 0 },
      "correct horse battery",
    );
    const name = "release/1.targets.json";
    for (const content of [
      JSON.stringify(file, null, 2),
      JSON.stringify(file),
      "-----BEGIN PRIVATE KEY-----\n",
    ]) {
      writeFileSync(join(folder, "repository", name), content);
      await expect(openPublished({ folder }, name)).rejects.toThrow("holds a private key");
    }
  }, 60_000);

  test("no link is followed, neither for the file nor for a folder on the way", async () => {
    writeFileSync(join(folder, "keys", "cache"), "name:secret");
    symlinkSync(join(folder, "keys", "cache"), join(folder, "repository", nar));
    await expect(openPublished({ folder }, nar)).rejects.toThrow("is a link");
    rmSync(join(folder, "repository", "cache"), { recursive: true });
    mkdirSync(join(folder, "keys", "nar"));
    writeFileSync(join(folder, "keys", "nar", nar.slice("cache/nar/".length)), "secret");
    symlinkSync(join(folder, "keys"), join(folder, "repository", "cache"));
    await expect(openPublished({ folder }, nar)).rejects.toThrow("is a link");
  });

  test("a file is read in pieces, and one that is not there is null", async () => {
    expect(await openPublished({ folder }, nar)).toBeNull();
    expect(await openPublished({ folder }, `cache/${hash}.narinfo`)).toBeNull();
    expect(
      await openPublished({ folder }, `release/targets/releases/r1/${"a".repeat(64)}.release.json`),
    ).toBeNull();
    writeFileSync(join(folder, "repository", nar), "0123456789");
    const file = await openPublished({ folder }, nar);
    expect(file?.size).toBe(10);
    expect((await file?.read(4, 100))?.toString()).toBe("456789");
    expect((await file?.read(10, 4))?.toString()).toBe("");
    await file?.close();
  });
});
