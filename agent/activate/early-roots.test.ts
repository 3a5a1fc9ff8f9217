import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dropEarlyRoots, rootEarly } from "#agent/activate/early-roots.ts";
import { storePath } from "#tests/support/signed-release.ts";

let gcRoots: string;
beforeEach(() => {
  gcRoots = mkdtempSync(join(tmpdir(), "fiducial-roots-"));
});
afterEach(() => rmSync(gcRoots, { recursive: true, force: true }));

const signed = (name: string, ...references: string[]) => ({
  path: storePath(name),
  narHash: "a".repeat(64),
  narSize: 1,
  references: references.map(storePath),
});

test("what came early is kept by the paths that nothing of it refers to, and let go all at once [ACT-7]", async () => {
  const batch = [signed("base"), signed("left", "base"), signed("right", "right", "base")];
  await rootEarly({ gcRoots }, batch);
  // Killed and begun again.
  await rootEarly({ gcRoots }, batch);
  const folder = join(gcRoots, "incoming");
  const kept = readdirSync(folder).map((name) => readlinkSync(join(folder, name)));
  expect(kept.sort()).toEqual([storePath("left"), storePath("right")].sort());
  await dropEarlyRoots({ gcRoots });
  await dropEarlyRoots({ gcRoots });
  expect(existsSync(folder)).toBe(false);
});
