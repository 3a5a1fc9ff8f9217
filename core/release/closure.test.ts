import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { closureDigestText } from "#core/closure/digest.ts";
import type { StorePath } from "#core/closure/store-path.ts";
import { closureOf, reachableFrom, refuseRelease } from "#core/release/closure.ts";
import { budgetsSchema, type Release, type ReleasePath, type ReleaseSystem } from "#core/release/release.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const path = (letter: string) => `/nix/store/${letter.repeat(32)}-${letter}` as StorePath;
const one = (letter: string, references: number[]): ReleasePath => ({
  path: path(letter),
  narHash: sha256(letter),
  narSize: 10,
  references,
});
/** a is the toplevel, b its library, c the library's, and d belongs to nobody. */
const PATHS = [one("a", [0, 1]), one("b", [2]), one("c", [1]), one("d", [])];
const digestOf = (letters: string[]) =>
  sha256(closureDigestText(letters.map((letter) => ({ path: path(letter), narHash: sha256(letter) }))));

function release(change: Partial<ReleaseSystem> = {}, paths = PATHS): Release {
  const system: ReleaseSystem = {
    name: "scanner",
    toplevel: path("a"),
    closureDigest: digestOf(["a", "b", "c"]),
    paths: [0, 1, 2],
    for: [{ model: "Vertex 3", hardwareRevisions: null }],
    expected: { schema: "fiducial.expected/1", toplevel: path("a"), closureDigest: null, items: [] },
    health: { budgets: budgetsSchema.parse({}), safety: "none", unitsActive: [], modulesLoaded: [] },
    compatibility: { firmware: [], calibration: [] },
    ...change,
  };
  return {
    schema: "fiducial.release/1",
    name: "2026.1",
    counter: 1,
    floor: 0,
    createdAtMs: 0,
    notes: "",
    paths,
    systems: [system],
  };
}
const refusal = (one: Release) => refuseRelease(one, sha256);

test("a closure is what its toplevel reaches, over cycles and references to itself", () => {
  expect(reachableFrom(PATHS, 0)).toEqual([0, 1, 2]);
  expect(reachableFrom(PATHS, 3)).toEqual([3]);
  expect(reachableFrom([], 0)).toEqual([0]);
});

test("a release that holds together, with or without what is expected being bound to its toplevel", () => {
  expect(refusal(release())).toBeNull();
  const unbound = { schema: "fiducial.expected/1", toplevel: null, closureDigest: null, items: [] } as const;
  expect(refusal(release({ expected: { ...unbound, items: [] } }))).toBeNull();
});

test("paths of a system come with their references in full", () => {
  const whole = release();
  const [system] = whole.systems;
  expect(closureOf(whole, system!)).toEqual([
    { path: path("a"), narHash: sha256("a"), narSize: 10, references: [path("a"), path("b")] },
    { path: path("b"), narHash: sha256("b"), narSize: 10, references: [path("c")] },
    { path: path("c"), narHash: sha256("c"), narSize: 10, references: [path("b")] },
  ]);
  // Positions that lead nowhere are left out rather than guessed; refuseRelease has refused them before.
  const broken = release({ paths: [0, 9] }, [one("a", [7])]);
  expect(closureOf(broken, broken.systems[0]!)).toHaveLength(1);
});

describe("the set of paths is the signed one, no more and no less: extraneous dependencies [SIG-2, E-11]", () => {
  test("a path that nobody needs", () => {
    const extra = { paths: [0, 1, 2, 3], closureDigest: digestOf(["a", "b", "c", "d"]) };
    expect(refusal(release(extra))).toEqual({
      refused: "path-set-differs",
      where: "system scanner",
      detail: "0 paths of its closure are missing, 1 are not part of it",
    });
  });

  test("a path that is missing, or stands in for another", () => {
    expect(refusal(release({ paths: [0, 1] }))?.detail).toMatch(/^1 paths of its closure are missing, 0/);
    expect(refusal(release({ paths: [0, 1, 3] }))?.detail).toMatch(/^1 paths .*, 1 are not part of it$/);
    expect(refusal(release({ paths: [0, 2, 1] }))?.refused).toBe("path-set-differs");
  });

  test("a toplevel that is not in the list, and a digest of something else", () => {
    expect(refusal(release({ toplevel: path("f"), expected: release().systems[0]!.expected }))?.refused).toBe(
      "wrong-metadata",
    );
    const expected = { ...release().systems[0]!.expected, toplevel: null };
    expect(refusal(release({ toplevel: path("f"), expected }))?.refused).toBe("path-set-differs");
    expect(refusal(release({ closureDigest: sha256("other") }))?.detail).toMatch(/^closure digest is/);
  });
});

describe("a list that is not plain is refused as a whole", () => {
  test.each([
    ["out of order", [one("b", []), one("a", [])]],
    ["a path twice", [one("a", []), one("a", [])]],
    ["no store path", [{ ...one("a", []), path: "/nix/store/../etc/shadow" }]],
    ["a reference out of range", [one("a", [4])]],
    ["references out of order", [one("a", [1, 0]), one("b", [])]],
    ["a reference twice", [one("a", [1, 1]), one("b", [])]],
  ])("%s", (_, paths) => {
    expect(refusal(release({}, paths))).toMatchObject({ refused: "wrong-metadata", where: "paths" });
  });

  test("two systems of one name", () => {
    const whole = release();
    expect(refusal({ ...whole, systems: [...whole.systems, ...whole.systems] })).toMatchObject({
      refused: "wrong-metadata",
      where: "systems",
    });
  });
});
