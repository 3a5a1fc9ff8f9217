import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { kernelVersion } from "#core/closure/boot.ts";
import { diffClosures } from "#core/closure/diff.ts";
import { closureDigestText } from "#core/closure/digest.ts";
import { closurePathListSchema } from "#core/closure/upload.ts";
import { releasesOf } from "#demo/release/release.ts";

const NOW = Date.parse("2026-11-22T16:00:00Z");
const MODELS = ["FM-25", "FM-30", "FM-H1", "FS-10"] as const;

describe.each(MODELS)("the releases of %s", (model) => {
  const releases = releasesOf(model, NOW);

  test("are eight over fourteen months, named by when they came out", () => {
    expect(releases.map(({ counter }) => counter)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(releases.at(-1)?.name).toBe("2026.11.1");
    expect(new Set(releases.map(({ name }) => name)).size).toBe(8);
    expect(releases[0]?.publishedDaysAgo).toBeGreaterThan(13.5 * 30);
  });

  test("are whole closures in the form that scanners upload, reachable from the toplevel [SEE-2]", () => {
    for (const release of releases) {
      const { toplevel, digest, boot, paths } = release;
      const bare = paths.map(({ name: _, version: __, ...one }) => one);
      expect(closurePathListSchema.safeParse({ toplevel, digest, paths: bare, boot }).error).toBeUndefined();
      expect(createHash("sha256").update(closureDigestText(paths)).digest("hex")).toBe(digest);
      expect(paths.length).toBeGreaterThanOrEqual(300);
      expect(paths.length).toBeLessThanOrEqual(400);
      const reached = new Set([paths.findIndex(({ path }) => path === toplevel)]);
      for (const at of reached) for (const next of paths[at]?.references ?? []) reached.add(next);
      expect(reached.size).toBe(paths.length);
    }
  });

  test("say which kernel and which parameters they boot", () => {
    for (const release of releases) expect(kernelVersion(release)).toBe(release.kernelRelease);
    const changes = diffClosures(first(releases, 5), first(releases, 6)).boot;
    expect(changes.kernel.change).toBe("changed");
    expect(changes.parameters?.added).toContain("intel_idle.max_cstate=1");
  });

  test("move package by package; a small release rebuilds what depends on what moved and nothing else", () => {
    const before = first(releases, 1);
    const after = first(releases, 2);
    const moved = new Set(after.paths.map(({ path }) => path));
    const kept = before.paths.filter(({ path }) => moved.has(path)).length;
    expect(kept).toBeGreaterThan(60);
    expect(kept).toBeLessThan(before.paths.length);
    expect(after.packages.openssl).not.toBe(before.packages.openssl);
    expect(after.packages.zlib).toBe(before.packages.zlib);
  });

  test("have one that lost the module of the acquisition cards, and the next has it again [F03]", () => {
    const has = releases.map(({ packages }) => "comedi" in packages);
    expect(has).toEqual([true, true, true, true, true, true, false, true]);
    expect(releases.map(({ flaw }) => flaw === null)).toEqual(has);
  });
});

test("the same now gives the same releases, and models do not share a system", () => {
  expect(releasesOf("FM-25", NOW)).toEqual(releasesOf("FM-25", NOW));
  const toplevels = MODELS.flatMap((model) => releasesOf(model, NOW).map(({ toplevel }) => toplevel));
  expect(new Set(toplevels).size).toBe(32);
});

function first<T extends { counter: number }>(releases: readonly T[], counter: number): T {
  const found = releases.find((one) => one.counter === counter);
  if (found === undefined) throw new Error(`no release ${counter}`);
  return found;
}
